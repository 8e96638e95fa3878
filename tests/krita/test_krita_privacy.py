# SPDX-License-Identifier: GPL-3.0-or-later
"""Inking in Krita: no socket, and no file outside the documented places, with either runtime."""

from __future__ import annotations

import re
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import harness
import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="watched with Linux's own means")

PYTHON = "/usr/bin/python3" if harness.chroot() else sys.executable
WATCHED = Path(__file__).with_name("watched_python.py")
SECURITY = Path(__file__).parents[2] / "SECURITY.md"
WATCHED_CHILD = Path(__file__).parents[1] / "inking/watched_child.py"
# Everything Python does in Krita's process that reaches outside it; the driver's own answers aside.
WATCH = """
def job():
    import os
    import sys
    K.deeds = []
    driver = os.environ["SMART_LINEART_DRIVER"]
    CHANGES = {f"os.{deed}" for deed in "remove rename mkdir rmdir link symlink truncate system".split()}
    changing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    def hook(event, arguments):
        path = next((str(one) for one in arguments if isinstance(one, str)), "")
        if event == "open" and isinstance(arguments[0], str) and arguments[2] & changing:
            if not path.startswith(driver) and path != os.devnull:
                K.deeds.append([event, path])
        elif event == "subprocess.Popen":
            K.deeds.append([event, str(arguments[0])])
        elif event.startswith("socket.") or event in CHANGES:
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
    used = session().context.engine.describe()
    session().set_engine_options(runtime="auto")
    return [first, second, tree(document), used, K.deeds]
"""
# Every feature that might write something; ends with the document saved by Krita.
FEATURES = """
def job():
    yield from fresh()
    document = sketch_document(500, 400)
    yield 500
    K.deeds.clear()
    said = [(yield from ink())]
    row = widget("style").parent()
    row.add_from_file(Path(MARK))
    yield from idle()
    row.save(Path(SAVED))
    row.remove()
    yield from idle()
    K.activeWindow().activeView().setCurrentBrushPreset(K.resources("preset")["b) Basic-5 Size"])
    yield 300
    row.add_from_preset()
    yield from idle()
    session().change("thickness", 9.0, final=True)
    yield from idle()
    session().set_engine_options(memory=session().context.engine.options.memory)
    widget("copyDiagnostics").click()
    widget("keepCopy").setChecked(True)
    document.setActiveNode(node_named(document, "Sketch"))
    yield 300
    said.append((yield from ink()))
    session().keep_preset(Path(PRESET))
    widget("keepCopy").setChecked(False)
    widget("live").click()
    yield 500
    widget("live").click()
    undo(document)
    yield from idle()
    document.setBatchmode(True)
    document.saveAs(PAGE)
    document.waitForDone()
    yield 1000
    return [said, K.deeds]
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
    krita.end()


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


def test_every_file_that_is_written_lies_where_the_promise_says(watched) -> None:
    krita, script = watched
    folder = krita.home / "the artist's"
    folder.mkdir()
    mark = np.full((64, 256), 255, np.uint8)
    mark[24:40] = 40
    Image.fromarray(mark).save(folder / "mark.png")
    names = {
        "MARK": str(folder / "mark.png"),
        "SAVED": str(folder / "saved.png"),
        "PRESET": str(folder / "mine.slpreset"),
        "PAGE": str(folder / "page.kra"),
    }
    said, deeds = krita.run(FEATURES, timeout=200, **names)
    assert said == ["", ""]
    config, resources = krita.home / "config", krita.home / "data/krita"
    places = {
        "the folder of that configuration": lambda path: path == config,
        "`smart_lineart/brushes` in Krita's resources": lambda path: (
            resources / "smart_lineart" in [path, *path.parents]
        ),
        'the file you name under "Export brush"': lambda path: path.match("the artist's/*saved.png*"),
        '`smart_lineart/presets` in Krita\'s resources, or the file you name under "Save as preset"': (
            lambda path: path.match("the artist's/*mine.slpreset*")
        ),
    }
    used, elsewhere = set(), []
    for event, path in deeds:
        here = {place for place, holds in places.items() if holds(Path(path))}
        used |= here
        if not here and (event, path) != ("subprocess.Popen", str(script)):
            elsewhere.append((event, path))
    assert elsewhere == []
    # What Krita and Python themselves write for the plugin.
    with zipfile.ZipFile(folder / "page.kra") as page:
        if any("annotations/smart_lineart" in name for name in page.namelist()):
            used.add("the document")
    if "[smart_lineart]" in (config / "kritarc").read_text(encoding="utf-8"):
        used.add("Krita's configuration, group `smart_lineart`")
    if list((resources / "pykrita/smart_lineart").rglob("__pycache__")):
        used.add("its folder in Krita's resources")
    table = re.findall(r"^\| the plugin \| (.*?) \|", SECURITY.read_text(encoding="utf-8"), re.MULTILINE)
    assert used == set(table)
    assert {path.name for path in (resources / "smart_lineart/brushes").rglob("*") if path.is_file()} == {
        "b) Basic-5 Size.png", "mark.png"}  # fmt: skip
    assert {path.name for path in folder.iterdir()} == {"mark.png", "saved.png", "mine.slpreset", "page.kra"}


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
