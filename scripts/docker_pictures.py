# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the pictures of the docker that the README shows, in a real Krita under Xvfb.

    .venv/bin/python scripts/docker_pictures.py [SKETCH]

Writes docs/images/docker-{dark,light}-{before,after}.webp: Krita with a sketch, before and after inking it.
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
OPEN = """
def job():
    arrange()
    K.activeWindow().qwindow().setGeometry(0, 0, 1280, 800)
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
INK = """
def job():
    yield from ink()
    node_named(K.activeDocument(), "Sketch").setOpacity(90)
    K.activeDocument().refreshProjection()
    yield 600
"""


def take(screen: harness.Screen, sketch: Path, theme: str, folder: Path) -> None:
    """Both pictures in one theme."""
    krita = harness.KritaProcess(screen, settings=f"[theme]\nTheme={THEMES[theme]}\n")
    try:
        krita.run(OPEN, PATH=str(sketch))
        shoot(krita, folder / f"docker-{theme}-before.webp")
        krita.run(INK, timeout=120)
        shoot(krita, folder / f"docker-{theme}-after.webp")
    finally:
        krita.close()


def shoot(krita: harness.KritaProcess, path: Path) -> None:
    """What the window shows."""
    with tempfile.TemporaryDirectory() as spare:
        shown = Path(spare) / "window.png"
        krita.picture(shown)
        save_small(Image.open(shown).convert("RGB"), path)


def main() -> None:
    """Take all pictures."""
    sketch = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "examples/pig-blue-pencil.webp"
    folder = REPOSITORY / "docs/images"
    screen = harness.Screen()
    try:
        with tempfile.TemporaryDirectory() as spare:
            picture = Path(spare) / "sketch.png"  # Krita's Qt need not know the sketch's format
            Image.open(sketch).save(picture)
            for theme in THEMES:
                take(screen, picture, theme, folder)
    finally:
        screen.close()


if __name__ == "__main__":
    main()
