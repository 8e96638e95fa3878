# SPDX-License-Identifier: GPL-3.0-or-later
"""Inking in Krita: no socket, and no file outside the documented places, with either runtime."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import harness
import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="watched with Linux's own means")

PYTHON = "/usr/bin/python3" if harness.chroot() else sys.executable
WATCHED = Path(__file__).with_name("watched_python.py")
WATCHED_CHILD = Path(__file__).parents[1] / "inking/watched_child.py"
# Everything Python does in Krita's process that reaches outside it; the driver's own answers aside.
WATCH = """
def job():
    import os
    import sys
    K.deeds = []
    driver = os.environ["SMART_LINEART_DRIVER"]
    changing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    def hook(event, arguments):
        path = next((str(one) for one in arguments if isinstance(one, str)), "")
        if event == "open" and isinstance(arguments[0], str) and arguments[2] & changing:
            if not path.startswith(driver) and path != os.devnull:
                K.deeds.append([event, path])
        elif event == "subprocess.Popen":
            K.deeds.append([event, str(arguments[0])])
        elif event.startswith("socket.") or event in {"os.remove", "os.rename", "os.mkdir", "os.system"}:
            if not path.startswith(driver):
                K.deeds.append([event, path])
    sys.addaudithook(hook)
    arrange()
"""
INK = """
def job():
    yield from fresh()
    session().set_engine_options(runtime=RUNTIME)
    document = sketch_document(500, 400)
    yield 500
    first = yield from ink()
    session().change("thickness", 9.0, final=True)
    yield from idle()
    second = yield from ink()
    used = session().engine.describe()
    session().set_engine_options(runtime="auto")
    return [first, second, tree(document), used, K.deeds]
"""


@pytest.fixture(scope="module")
def watched(screen: harness.Screen, folder_krita_sees: Callable[[], Path]) -> Iterator[tuple]:
    folder = folder_krita_sees()
    watching = shutil.copy(WATCHED, folder)
    shutil.copy(WATCHED_CHILD, folder)
    script = folder / "python"
    script.write_text(f'#!/bin/sh\nexec "{PYTHON}" -I -B "{watching}" "$@"\n')
    script.chmod(0o755)
    krita = harness.KritaProcess(screen, environment={"SMART_LINEART_PYTHON": str(script)})
    krita.run(WATCH)
    yield krita, script
    krita.close()


def files(home: Path) -> set[str]:
    """What lies in the profile, except where Krita itself keeps its settings, database and logs."""
    own = ("driver", "run", "cache", "config", "krita.log")
    found = (str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())
    return {name for name in found if not name.startswith(own) and "__pycache__" not in name}


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_inking_reaches_for_nothing_outside(watched, runtime: str) -> None:
    if harness.chroot() and runtime == "onnxruntime":
        pytest.skip("the chroots have no ONNX Runtime")
    pytest.importorskip(runtime)
    krita, script = watched
    before = files(krita.home)
    krita.run("def job():\n    K.deeds.clear()")
    first, second, layers, used, deeds = krita.run(INK, timeout=150, RUNTIME=runtime)
    assert (first, second, layers) == ("", "", ["Background", "Sketch", "Lineart: Sketch"])
    assert used.startswith(f"{runtime}, cpu, in a process of its own")
    room = ("open", str(krita.home / "config"))  # an unnamed file: is there room for settings?
    assert {tuple(deed) for deed in deeds} == {("subprocess.Popen", str(script)), room}
    assert {name for name in files(krita.home) - before if "krita/" not in name} == set()
    assert {name for name in files(krita.home) - before if "smart" in name.lower()} == set()


def test_the_watch_sees(watched) -> None:
    krita, _ = watched
    deeds = krita.run("""
def job():
    import socket
    K.deeds.clear()
    socket.socket().close()
    path = Path("/tmp/smart-lineart-watch")
    path.write_text("x")
    path.unlink()
    return sorted({deed[0] for deed in K.deeds})
""")
    assert deeds == ["open", "os.remove", "socket.__new__"]
