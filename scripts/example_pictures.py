# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the pictures of the manual's example in a real Krita under Xvfb: sketch, ink, colour under the ink.

    .venv/bin/python scripts/example_pictures.py

Writes docs/manual/example-{sketch,ink,colour}.jpg. Colour comes from Krita's fill tool, clicked with a mouse.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "tests/krita"))

import harness  # noqa: E402 (the folder has just been put on the path)

SKETCH = REPOSITORY / "examples/fruit.png"
WIDTH = 300  # px of a picture
# As the manual says: the fill tool looks at all layers, and reaches a little under the ink.
FILL_TOOL = "[KritaFill/KisToolFill]\nsampleLayersMode=allLayers\ngrowSelection=2\n"
# Where the mouse clicks, in px of the sketch, and the colour that it fills with.
FILLS = {
    (176, 124, 78): [(256, 539)],
    (122, 84, 58): [(843, 345), (91, 348), (208, 252)],
    (196, 204, 96): [(310, 228)],
    (206, 72, 62): [(524, 224), (406, 232), (477, 308)],
    (232, 144, 66): [(415, 411), (383, 310), (510, 414)],
    (222, 104, 92): [(647, 283), (553, 329)],
    (116, 88, 152): [(577, 445), (585, 521)],
    (242, 188, 82): [(216, 400), (254, 308)],
}
OPEN = """
def job():
    arrange()
    picture = image_array(QtGui.QImage(PATH))
    document = new_document(picture.shape[1], picture.shape[0])
    layer = document.createNode("Sketch", "paintlayer")
    paint(document, layer, picture)
    document.rootNode().addChildNode(layer, None)
    yield 1200
    document.setActiveNode(layer)
    session().change("thickness", 5.0, final=True)
    session().change("detail", -1.0, final=True)
    yield 500
"""
INK = """
def job():
    yield from ink()
    document = K.activeDocument()
    node_named(document, "Sketch").setVisible(False)
    colour = document.createNode("Colour", "paintlayer")
    document.rootNode().addChildNode(colour, node_named(document, "Sketch"))
    document.refreshProjection()
    yield 600
    document.setActiveNode(colour)
    K.action("KritaFill/KisToolFill").trigger()
    yield from fit_view(document)
"""
COLOUR = """
def job():
    from krita import ManagedColor
    view = K.activeWindow().activeView()
    view.setForeGroundColor(ManagedColor.fromQColor(QtGui.QColor(*COLOUR), view.canvas()))
    yield 200
    return [on_screen(K.activeDocument(), x, y) for x, y in PLACES]
"""
SAVE = """
def job():
    yield 400
    document = K.activeDocument()
    document.waitForDone()
    document.projection(0, 0, document.width(), document.height()).save(PATH)
"""


def main() -> None:
    """Make the three pictures."""
    screen = harness.Screen()
    krita = harness.KritaProcess(screen, settings=FILL_TOOL)
    try:
        with tempfile.TemporaryDirectory() as spare:
            picture = Path(spare) / "picture.png"
            Image.open(SKETCH).convert("RGB").save(picture)
            krita.run(OPEN, PATH=str(picture))
            keep(krita, picture, "sketch")
            krita.run(INK, timeout=120)
            keep(krita, picture, "ink")
            for colour, places in FILLS.items():
                for spot in krita.run(COLOUR, COLOUR=colour, PLACES=places):
                    screen.click(*spot)
                    krita.run("def job():\n    yield 500\n    K.activeDocument().waitForDone()")
            keep(krita, picture, "colour")
    finally:
        krita.close()
        screen.close()


def keep(krita: harness.KritaProcess, picture: Path, name: str) -> None:
    """Save what the document shows, small."""
    krita.run(SAVE, PATH=str(picture))
    shown = Image.open(picture).convert("RGB")
    size = (WIDTH, round(WIDTH * shown.height / shown.width))
    target = REPOSITORY / f"docs/manual/example-{name}.jpg"
    shown.resize(size, Image.Resampling.LANCZOS).save(target, quality=82, optimize=True)
    print(f"{target.name}: {target.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
