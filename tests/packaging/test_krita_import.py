# SPDX-License-Identifier: GPL-3.0-or-later
"""An artist installs, updates and removes the plugin in a real Krita, without network and without numpy."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from krita_profile import KritaProfile, PersistentKrita, harness

import build_plugin
import smart_lineart
from packaging_tools import install
from packaging_tools.krita_homes import KritaHome

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.krita, pytest.mark.slow]

# A real artist's rough sketch on a layer of its own.
OPEN_SKETCH = """
def job():
    arrange()
    image = QtGui.QImage(PATH)
    document = new_document(image.width(), image.height())
    node = document.createNode("Sketch", "paintlayer")
    paint(document, node, image_array(image))
    document.rootNode().addChildNode(node, document.rootNode().childNodes()[-1])
    document.waitForDone()
    document.setActiveNode(node)
    yield 800
"""
INKED = """
def job():
    document = K.activeDocument()
    layer = [node for node in document.rootNode().childNodes() if node.name().startswith("Lineart: ")][0]
    pixels = bgra(layer, 0, 0, document.width(), document.height())
    return [shape(pixels)["count"], pixels.shape[0] * pixels.shape[1], session().messages.shown.text]
"""
# Krita itself, and the process its networks run in.
LOADED = """
def loaded(process):
    lines = open(f"/proc/{process}/maps").read().splitlines()
    return sorted({line.split()[-1] for line in lines if "openvino" in line or "openblas" in line})

def job():
    import numpy
    worker = session().context.engine.inker(session().context.engine.options).worker_pid
    interfaces = [line.split(":")[0].strip() for line in open("/proc/net/dev").read().splitlines()[2:]]
    return [numpy.__file__, loaded("self"), loaded(worker), interfaces]
"""
DOCKER_LABELS = """
def job():
    return None if docker() is None else [label.text() for label in docker().findChildren(QtWidgets.QLabel)]
"""


@pytest.fixture
def sketch(profile: KritaProfile) -> Path:
    return Path(shutil.copy(ROOT / "examples/fruit.png", profile.home / "fruit.png"))


def ink(krita: PersistentKrita, sketch: Path) -> None:
    """Ink the sketch with the mouse, and see that lines were drawn and most of the page was not."""
    krita.run(OPEN_SKETCH, PATH=str(sketch))
    krita.click("ink")
    krita.wait_idle(150)
    count, pixels, message = krita.run(INKED)
    assert message == ""
    assert 0.002 * pixels < count < 0.3 * pixels


def older(archive: Path, folder: Path) -> Path:
    """The zip as an older version would be, with a module and a library that the newer one has no more."""
    path = (harness.SHARE if harness.chroot() else folder) / "smart_lineart-older.zip"
    current = f'__version__ = "{smart_lineart.__version__}"'.encode()
    with zipfile.ZipFile(archive) as new, zipfile.ZipFile(path, "w") as old:
        for info in new.infolist():
            data = new.read(info)
            info.compress_type = zipfile.ZIP_STORED
            if info.filename == "smart_lineart/__init__.py":
                assert current in data
                data = data.replace(current, b'__version__ = "0.0.1"')
            old.writestr(info, data)
        for name in ("smart_lineart/forgotten.py", "smart_lineart/runtime_libs/openvino/libforgotten.so"):
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            old.writestr(info, b"")
    return path


def traces(profile: KritaProfile) -> list[str]:
    """Files of the plugin and lines about it in the profile, the driver's aside."""
    found = [
        path for path in profile.resources.rglob("*smart_lineart*") if "smart_lineart_driver" not in str(path)
    ]
    lines = [
        line
        for file in profile.config.iterdir()
        if file.is_file()
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines()
        if "smart_lineart" in line.replace("smart_lineart_driver", "")
    ]
    return [*map(str, found), *lines]


def test_the_zip_imports_restarts_and_inks_offline(linux_zip, profile, sketch, pictures):
    krita = profile.start()
    try:
        (said,) = krita.import_plugin(linux_zip)
        assert "Smart Lineart" in said
        assert krita.quit() == 0
        krita = profile.start()
        ink(krita, sketch)
        numpy, inside, outside, interfaces = krita.run(LOADED)
        krita.picture(pictures / "imported-and-inked.png")
        assert interfaces == ["lo"]
        own = str(profile.resources / "pykrita/smart_lineart")
        # Where this Krita's Python has a numpy of its own in the zip, nothing else is loaded.
        assert numpy.startswith(own)
        assert [path for path in inside + outside if not path.startswith(own)] == []
        assert [path for path in inside if "openvino" in path.removeprefix(own)] == []
        assert {Path(path).name.split(".")[0] for path in outside} >= {
            "libopenvino", "libopenvino_c", "libopenvino_intel_cpu_plugin"}  # fmt: skip
        assert krita.quit() == 0
    finally:
        krita.kill()
    module = profile.resources / "pykrita/smart_lineart"
    assert (module / "manual.html").exists()
    assert not [path for path in module.rglob("*") if path.is_symlink()]


def test_an_update_over_a_running_older_version_keeps_settings(linux_zip, profile, sketch, tmp_path):
    old = older(linux_zip, tmp_path)
    krita = profile.start()
    try:
        krita.import_plugin(old)
        assert krita.quit() == 0
        krita = profile.start()
        assert (
            krita.run("def job():\n    import smart_lineart\n    return smart_lineart.__version__") == "0.0.1"
        )
        krita.run(OPEN_SKETCH, PATH=str(sketch))
        krita.run("def job():\n    session().change('thickness', 7.5, final=True)\n    yield from idle()")
        krita.click("ink")
        krita.wait_idle(150)  # the old version's libraries are loaded now
        said = krita.import_plugin(linux_zip, overwrite=True)
        assert "already exists" in said[0]
        assert krita.quit() == 0
        module = profile.resources / "pykrita/smart_lineart"
        assert not list(module.rglob("*forgotten*"))
        krita = profile.start()
        version = krita.run("def job():\n    import smart_lineart\n    return smart_lineart.__version__")
        assert version == smart_lineart.__version__
        assert krita.run("def job():\n    return session().settings.thickness") == 7.5
        ink(krita, sketch)
        assert krita.quit() == 0
    finally:
        krita.kill()


def test_the_command_installs_and_uninstalling_leaves_nothing(linux_zip, profile, sketch, monkeypatch):
    # The zip is there already; what is tested is what the command does with it.
    monkeypatch.setattr(build_plugin, "_build", lambda *_: linux_zip)
    monkeypatch.setenv("XDG_DATA_HOME", str(profile.home / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(profile.config))
    before = traces(profile)
    assert build_plugin.main(["--install", "--krita-home", str(profile.resources)]) == 0
    krita = profile.start()
    try:
        ink(krita, sketch)
        assert krita.quit() == 0
        assert len(traces(profile)) > len(before)
        command = [sys.executable, str(ROOT / "build_plugin.py"), "--uninstall"]
        subprocess.run(command, check=True, capture_output=True)
        assert traces(profile) == before == []
        krita = profile.start()
        gone = "def job():\n    return [docker() is None, K.action('smart_lineart_ink') is None]"
        assert krita.run(gone) == [
            True, True]  # fmt: skip
        assert krita.quit() == 0
        assert traces(profile) == []
    finally:
        krita.kill()


def test_a_python_without_numpy_gets_a_sentence_in_the_docker(linux_zip, profile):
    if harness.chroot():
        pytest.skip("NOT TESTED: the system's numpy cannot be hidden in a chroot")
    install.install(linux_zip, KritaHome(profile.resources, profile.config))
    path = profile.resources / "pykrita/smart_lineart/bundle.json"
    manifest = json.loads(path.read_text())
    manifest["numpy"] = {"cp39": "vendor/numpy-2.2.6"}
    path.write_text(json.dumps(manifest))
    krita = profile.start()
    try:
        (sentence, *_) = [text for text in krita.run(DOCKER_LABELS) if "Python" in text]
        assert sentence.startswith("This Krita runs Python 3.")
        assert "python3-numpy" in sentence
        assert krita.run("def job():\n    return modal()") is None
        assert krita.quit() == 0
    finally:
        krita.kill()
