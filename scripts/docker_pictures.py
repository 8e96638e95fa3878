# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes pictures of the docker in a real Krita under Xvfb.

    .venv/bin/python scripts/docker_pictures.py [SKETCH]

Writes docs/manual/docker.png, the docker as the manual shows it, and to look at
gallery/docker-{dark,light}-{before,after}.webp: Krita's window with a sketch, before and after inking.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image
from small_pictures import save_small

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "tests/krita"))

import harness  # noqa: E402 (the folder has just been put on the path)

THEMES = {"dark": "Krita dark", "light": "Krita bright"}
MANUAL = ("light", 260)  # the theme of the manual's picture, and the docker's width in px
COLOURS = 64
OPEN = """
def job():
    arrange()
    picture = image_array(QtGui.QImage(PATH))
    height, width = picture.shape[:2]
    document = new_document(width, height)
    layer = document.createNode("Sketch", "paintlayer")
    paint(document, layer, picture)
    document.rootNode().addChildNode(layer, None)
    yield 1200
    document.setActiveNode(layer)
    session().change("thickness", 4.0, final=True)
    yield 500
    session().look()
    yield 300
"""
# Where the docker fades the sketch by itself, its opacity stays as it is.
INK = """
def job():
    yield from ink()
    node = node_named(K.activeDocument(), "Sketch")
    node.setOpacity(min(node.opacity(), 90))
    K.activeDocument().refreshProjection()
    yield 600
    K.activeWindow().qwindow().resizeDocks([docker()], [WIDTH], QtCore.Qt.Orientation.Horizontal)
    yield 400
"""
USED = """
def job():
    return [docker().findChild(QtWidgets.QScrollArea).widget().sizeHint().height(), docker().width()]
"""


def take(screen: harness.Screen, sketch: Path, theme: str, folder: Path) -> None:
    """Both pictures of the window in one theme, and the manual's in its own."""
    krita = harness.KritaProcess(screen, settings=f"[theme]\nTheme={THEMES[theme]}\n")
    try:
        krita.run(OPEN, PATH=str(sketch))
        save_small(shot(krita), folder / f"docker-{theme}-before.webp")
        krita.run(INK, timeout=120, WIDTH=MANUAL[1])
        save_small(shot(krita), folder / f"docker-{theme}-after.webp")
        if theme == MANUAL[0]:
            docker = shot(krita, docker_only=True)
            height = min(krita.run(USED)[0] + docker.height // 10, docker.height)
            shown = docker.crop((0, 0, docker.width, height)).quantize(COLOURS)
            shown.save(REPOSITORY / "docs/manual/docker.png", optimize=True)
    finally:
        krita.close()


def shot(krita: harness.KritaProcess, *, docker_only: bool = False) -> Image.Image:
    """What the window or the docker shows."""
    with tempfile.TemporaryDirectory() as spare:
        shown = Path(spare) / "window.png"
        krita.picture(shown, docker_only)
        return Image.open(shown).convert("RGB")


def main() -> None:
    """Take all pictures."""
    sketch = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "examples/pig-blue-pencil.webp"
    screen = harness.Screen()
    try:
        with tempfile.TemporaryDirectory() as spare:
            picture = Path(spare) / "sketch.png"  # Krita's Qt need not know the sketch's format
            Image.open(sketch).save(picture)
            for theme in THEMES:
                take(screen, picture, theme, REPOSITORY / "gallery")
    finally:
        screen.close()


if __name__ == "__main__":
    main()
