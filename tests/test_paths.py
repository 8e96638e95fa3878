# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of files in any letters, in a Python that knows ASCII alone as in any other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from smart_lineart.paths import openable, readable

NAMES = ("plain", "Jürgen 画", "Größe.png")
ASCII = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
STORY = """
import sys
from pathlib import Path
from smart_lineart.inking.brushes.stamping import Stamp, strip_of
from smart_lineart.paths import openable, readable
from smart_lineart.studio.diagnostics import without_home
from smart_lineart.studio.messages import Messages
from smart_lineart.studio.own_brushes import OwnBrushes

assert sys.getfilesystemencoding() == "ascii"
folder = openable(sys.argv[1].encode("ascii").decode("unicode_escape"))
assert folder.is_dir()
assert openable(folder) == folder
brushes = OwnBrushes(folder / "brushes")
first = brushes.add("F\\xfcller", strip_of(Stamp()))
second = brushes.add("F\\xfcller", strip_of(Stamp(size_power=1.3)))
assert (first.name, first.title, second.name) == ("own:F\\xfcller", "F\\xfcller", "own:F\\xfcller 2")
first.description.encode("utf-8")
brushes = OwnBrushes(folder / "brushes")
assert brushes.has("own:F\\xfcller") and brushes.has("own:F\\xfcller 2")
kept = brushes.remove("own:F\\xfcller")
assert kept.exists() and not brushes.has("own:F\\xfcller")
(folder / "brushes" / openable("B\\xfcrste.png").name).write_bytes(b"no strip")
brushes.refresh()
messages = Messages()
messages.say(str(brushes.broken[0]))
assert messages.shown.text.startswith("B\\xfcrste.png"), ascii(messages.shown.text)
messages.say(f"It lies in {folder}.")
assert "J\\xfcrgen \\u753b" in messages.shown.text, ascii(messages.shown.text)
assert without_home(f"{Path.home()}/x and {readable(str(Path.home()))}/y") == "~/x and ~/y"
"""


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_the_same_back_and_forth(name: str) -> None:
    assert readable(str(openable(name))) == name


def test_bytes_that_are_no_name_are_shown_all_the_same() -> None:
    assert readable(os.fsdecode(b"a\xff\xc3\xbc")) == "a\ufffdü"


@pytest.mark.skipif(sys.platform != "linux", reason="the locale of Linux")
def test_brushes_and_what_is_said_of_them_where_python_knows_ascii_alone(tmp_path: Path) -> None:
    folder = tmp_path / "Jürgen 画"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", STORY, str(folder).encode("unicode_escape").decode("ascii")],
        env={**os.environ, **ASCII, "HOME": str(folder)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
