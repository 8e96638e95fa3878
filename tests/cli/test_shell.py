# SPDX-License-Identifier: GPL-3.0-or-later
"""The command in a shell: streams that are closed or full or know few letters, and names of any bytes."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from cli_helpers import files_in
from PIL import Image

from smart_lineart.cli import libraries
from smart_lineart.cli.errors import CommandError
from smart_lineart.cli.libraries import all_there, from_elsewhere
from smart_lineart.said import Said, escaped
from tests.cli.photoshop import photoshop_file

INK = """
import sys
from cli_helpers import FakeInker
from smart_lineart.cli import engine, main
engine.open_inker = lambda **_: FakeInker()
sys.exit(main(sys.argv[1:]))
"""
ROOT = Path(__file__).resolve().parents[2]
FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")


def shell(redirection: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command with what a shell makes of `redirection`."""
    words = [sys.executable, "-c", INK, *arguments]
    line = " ".join(shlex.quote(os.fsdecode(word)) for word in words)
    return subprocess.run(
        ["sh", "-c", f"{line} {redirection}"],
        cwd=Path(__file__).parent,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


@pytest.fixture
def batch(tmp_path: Path, drawing) -> tuple[Path, list[object]]:
    """Where the lineart goes, and the arguments for two sketches with one between them that is missing."""
    for name in ("a.png", "b.png"):
        Image.fromarray(drawing).save(tmp_path / name)
    out = tmp_path / "out"
    return out, ["ink", tmp_path / "a.png", tmp_path / "gone.png", tmp_path / "b.png", "-o", out]


BOTH = {"a-lineart.png", "b-lineart.png"}


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-", "<&-", "<&- >&- 2>&-"])
def test_closed_streams_stop_nothing(batch, redirection):
    out, arguments = batch
    ran = shell(redirection, *arguments)
    assert ran.returncode == 1  # for the one that is missing
    assert files_in(out) == BOTH
    said = (ran.stdout + ran.stderr).decode()
    assert "Traceback" not in said
    heard = redirection.count(">&-") < 2
    assert said.count("gone.png does not exist.") == heard, "it is said where there is somewhere to say it"
    for name in BOTH:
        Image.open(out / name).load()


@FULL
@pytest.mark.parametrize("options", [(), ("--json",)], ids=["people", "json"])
def test_a_full_standard_output_is_one_sentence(batch, options):
    out, arguments = batch
    ran = shell("> /dev/full", *arguments, *options)
    assert (ran.returncode, files_in(out)) == (1, BOTH)
    assert sorted(ran.stderr.decode().splitlines()) == [
        f"smart-lineart: {out.parent / 'gone.png'} does not exist.",
        "smart-lineart: The standard output cannot be written: the disk is full.",
    ]


@FULL
@pytest.mark.parametrize("command", [["info"], ["info", "--json"]])
def test_so_it_is_for_what_only_tells(command):
    ran = shell("> /dev/full", *command)
    assert ran.returncode == 2
    assert ran.stderr.decode() == "smart-lineart: The standard output cannot be written: the disk is full.\n"


@FULL
@pytest.mark.parametrize("also", ["", "> /dev/full", ">&-"])
def test_a_full_standard_error_stops_nothing(batch, also):
    out, arguments = batch
    ran = shell(f"{also} 2> /dev/full", *arguments)
    assert (ran.returncode, files_in(out)) == (1, BOTH)
    assert (b"gone.png does not exist." in ran.stdout) == (not also)


@FULL
def test_json_keeps_standard_output_to_itself(batch):
    out, arguments = batch
    ran = shell("2> /dev/full", *arguments, "--json")
    assert (ran.returncode, files_in(out)) == (1, BOTH)
    results = json.loads(ran.stdout)["results"]
    assert [bool(result["lineart"]) for result in results] == [True, False, True]


def test_a_reader_who_leaves_stops_nothing_and_is_not_scolded(batch):
    out, arguments = batch
    ran = shell("| true", *arguments)
    assert files_in(out) == BOTH
    assert ran.stderr.decode() == f"smart-lineart: {out.parent / 'gone.png'} does not exist.\n"


# ---- names


NAMES = [
    b"caf\xe9",
    "m\u00fcller".encode(),
    "\u5c71\U0001f58b".encode(),
    b"a\xff\xfe\x80",
    b"tab\there",
    b"\x1b[31mred",
]
NAMES += [b"two\nlines", b"{braces} %s {0}", b"back\\slash", b"'quotes\"", b" blanks ", "e\u0301".encode()]
ENCODINGS = ["utf-8", "ascii", "latin-1", "cp1252", "utf-8:strict", "ascii:strict"]


@pytest.mark.parametrize("encoding", [*ENCODINGS, ""])
def test_names_of_any_bytes_are_inked_and_shown_in_any_encoding(tmp_path, drawing, encoding):
    Image.fromarray(drawing).save(tmp_path / "plain.png")
    names = [os.fsencode(tmp_path) + b"/" + name + b".png" for name in NAMES]
    for name in names:
        Path(os.fsdecode(name)).write_bytes((tmp_path / "plain.png").read_bytes())
    broken = os.fsencode(tmp_path) + b"/bro\xe9ken.png"
    Path(os.fsdecode(broken)).write_bytes(b"\x89PNG\r\n\x1a\nno more")
    environment = {"PYTHONIOENCODING": encoding} if encoding else {"LC_ALL": "C", "PYTHONUTF8": "0"}
    ran = shell("", "ink", broken, *names, "-o", tmp_path / "out", **environment)
    assert ran.returncode == 1
    assert len(files_in(tmp_path / "out")) == len(NAMES)
    lines = ran.stdout.splitlines()
    assert len(lines) == len(NAMES) + 1, "a line for each, and where they are"
    assert not any(byte < 32 for line in lines for byte in line), "nothing steers a terminal"
    shown = ran.stdout.decode(encoding.split(":")[0] or "ascii")
    for name in (
        "caf\\xe9",
        "a\\xff\\xfe\\x80",
        "tab\\there",
        "\\x1b[31mred",
        "two\\nlines",
        "{braces} %s {0}",
    ):
        assert f"/{name}.png -> " in shown
    assert ran.stderr.decode("ascii") == (
        f"smart-lineart: {tmp_path}/bro\\xe9ken.png is damaged, or of a kind that cannot be read;"
        " save it anew as PNG.\n"
    )


def test_json_has_names_that_lead_back_to_their_files(tmp_path, drawing):
    Image.fromarray(drawing).save(tmp_path / "plain.png")
    paths = [Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name + b".png")) for name in NAMES]
    for path in paths:
        path.write_bytes((tmp_path / "plain.png").read_bytes())
    ran = shell("", "ink", *paths, "--json", PYTHONIOENCODING="ascii")
    results = json.loads(ran.stdout)["results"]
    assert [Path(result["sketch"]) for result in results] == paths
    assert all(Path(result["lineart"]).exists() for result in results)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("caf\udce9", "caf\\xe9"),
        ("\ud800", "\\ud800"),
        ("a\nb\x1b\x7f", "a\\nb\\x1b\\x7f"),
        ("ü山\u200d", "ü山\u200d"),
    ],
)
def test_what_is_no_text_is_shown_by_escapes(text, shown):
    assert escaped(text) == shown
    assert str(Said("{name}", name=Path(text))) == shown


# ---- signals and what killed runs leave


SLOW = INK.replace(
    "FakeInker()", "FakeInker(before_render=lambda: (print('busy', flush=True), time.sleep(60)))"
).replace("import sys", "import sys, time")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_terminal_that_is_gone_is_no_reason_to_leave_anything(sketch, number):
    """Nothing can be said on it any more: writing there fails."""
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-c", SLOW, "ink", str(sketch)]
        child = subprocess.Popen(command, cwd=Path(__file__).parent, stdout=subprocess.PIPE, stderr=full)
    assert child.stdout.readline() == b"busy\n"
    assert len(files_in(sketch.parent)) == 2
    child.send_signal(number)
    assert child.wait(30) == 130
    assert files_in(sketch.parent) == {"sketch.png"}


def test_what_a_killed_run_left_is_removed_by_the_next(sketch):
    command = [sys.executable, "-c", SLOW, "ink", str(sketch)]
    child = subprocess.Popen(command, cwd=Path(__file__).parent, stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"busy\n"
    child.kill()
    child.wait()
    assert len(files_in(sketch.parent)) == 2
    assert shell("", "ink", sketch).returncode == 0
    assert files_in(sketch.parent) == {"sketch.png", "sketch-lineart.png"}


# ---- libraries of others


@pytest.mark.parametrize(
    ("library", "fault"),
    [
        ("numpy", "raise ImportError('no')"),
        ("numpy", "x ="),
        ("numpy", "1 / 0"),
        ("pyvips", "import nothing_of_that_name"),
        ("PIL", "import nothing_of_that_name"),
    ],
)
def test_libraries_that_pythonpath_brings_along_are_named(sketch, tmp_path, library, fault):
    if library == "PIL":  # which only Photoshop's documents take
        photoshop_file(sketch, np.zeros((20, 20, 1), np.uint8))
    other = tmp_path / "other"
    (other / library).mkdir(parents=True)
    (other / library / "__init__.py").write_text(fault)
    ran = subprocess.run(
        [sys.executable, "-m", "smart_lineart", "ink", str(sketch)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(other), str(ROOT)])},
    )
    assert ran.returncode == 2
    assert ran.stderr == (
        f"smart-lineart: {library} is taken from {other}, which PYTHONPATH names, and cannot be loaded:"
        " unset PYTHONPATH and try again.\n"
    )


def test_what_importing_a_library_brings_is_a_sentence_but_for_too_little_memory(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "")
    with pytest.raises(CommandError, match=r"cannot be loaded \(ValueError: odd\)"), all_there():
        raise ValueError("odd")
    with pytest.raises(MemoryError), all_there():
        raise MemoryError
    told = CommandError("said already")
    with pytest.raises(CommandError) as error, all_there():
        raise told
    assert error.value is told


def test_a_library_is_from_elsewhere_where_its_very_folder_is_named(monkeypatch):
    place = Path(np.__file__).resolve().parent.parent
    monkeypatch.setattr(libraries, "NEEDED", ("no_library_of_that_name", "json", "numpy"))
    for named in ("", str(place.parent), str(ROOT), os.pathsep):
        monkeypatch.setenv("PYTHONPATH", named)
        assert from_elsewhere() is None
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(place)]))
    assert str(from_elsewhere()).startswith(f"numpy is taken from {place}, which PYTHONPATH names")
    with pytest.raises(CommandError, match="numpy is taken from"), all_there():
        raise ImportError


@pytest.mark.parametrize(
    ("ending", "code"),
    [("it = sys.modules[cli.__name__ + '.main']; it._run = gone; code = it.main([])", 2), ("let_go()", 0)],
)
def test_what_a_reader_who_left_did_not_take_is_not_tried_again_at_the_end(ending, code):
    script = f"""
import sys
from smart_lineart import cli
from smart_lineart.cli import voice

def gone(*_):
    print("never read")
    raise BrokenPipeError

def let_go():
    print("never read")
    voice._let_go(sys.stdout)

code = 0
{ending}
sys.exit(code)
"""
    ours, theirs = os.pipe()
    os.close(ours)
    command, buffered = [sys.executable, "-c", script], {**os.environ, "PYTHONUNBUFFERED": ""}
    child = subprocess.run(
        command, cwd=ROOT, stdout=theirs, stderr=subprocess.PIPE, text=True, check=False, env=buffered
    )
    os.close(theirs)
    assert (child.returncode, child.stderr) == (code, "")
