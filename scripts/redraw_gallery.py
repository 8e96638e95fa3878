# SPDX-License-Identifier: GPL-3.0-or-later
"""Redraws a sketch's ink with six of Krita's own brush presets, in a real Krita under Xvfb.

    .venv/bin/python scripts/redraw_gallery.py [PRESET ...]

Writes docs/gallery/redrawn.webp: sketch, ink, and the same strokes in each preset. Tells for each how far it
leaves our ink: the share of what it paints, at half its darkness, that lies more than 1.5 px outside our ink,
and the share of ours that lies as far from what it paints; and how long it took.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage
from small_pictures import save_small

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "tests/krita"))

import harness  # noqa: E402 (the folder has just been put on the path)

SKETCH = REPOSITORY / "examples/fruit.png"
THICKNESS = 6.0  # px
PRESETS = (
    "d) Ink-3 Gpen",
    "d) Ink-2 Fineliner",
    "d) Ink-8 Sumi-e",
    "c) Pencil-2",
    "h) Charcoal Pencil Medium",
    "f) Bristles-1 Details",
)
CROP = 190, 150, 330, 250  # px of the page
LABEL, GAP, COLUMNS = 22, 4, 4
NEAR = 1.5  # px

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
    session().change("colour", "black", final=True)
    session().change("thickness", THICKNESS, final=True)
    yield 500
    yield from ink(400)
    yield from keep("Lineart: Sketch", INTO)

def keep(name, into):
    document = K.activeDocument()
    document.waitForDone()
    node = node_named(document, name)
    data = bytes(node.pixelData(0, 0, document.width(), document.height()))
    alpha = np.frombuffer(data, np.uint8).reshape(document.height(), -1, 4)[..., 3]
    np.save(into, alpha)
    yield 50
"""
REDRAW = (
    OPEN
    + """
def job():
    view = K.activeWindow().activeView()
    view.setCurrentBrushPreset(K.resources("preset")[PRESET])
    yield 300
    begun = time.monotonic()
    session().redraw()
    yield from idle(500)
    seconds = time.monotonic() - begun
    document = K.activeDocument()
    name = next((name for name in tree(document) if str(name).startswith("Redrawn")), None)
    if name is not None:
        yield from keep(name, INTO)
        node_named(document, name).remove()
        yield 300
    return [name is not None, session().messages.shown.text, seconds]
"""
)


def main() -> None:
    """Draw the picture, and tell the figures."""
    presets = sys.argv[1:] or list(PRESETS)
    screen = harness.Screen()
    krita = harness.KritaProcess(screen)
    with tempfile.TemporaryDirectory() as spare:
        into = Path(spare) / "alpha.npy"
        try:
            krita.run(OPEN, timeout=600, PATH=str(SKETCH), THICKNESS=THICKNESS, INTO=str(into))
            ours = np.load(into)
            cells = [("Sketch", _crop(np.asarray(Image.open(SKETCH).convert("L"))))]
            cells.append(("Our ink", _crop(255 - ours)))
            for preset in presets:
                done, said, seconds = krita.run(REDRAW, timeout=700, PRESET=preset, INTO=str(into))
                if not done:
                    print(f"{preset}: {said}")
                    continue
                theirs = np.load(into)
                cells.append((preset, _crop(255 - theirs)))
                print(f"{preset}: {_told(ours, theirs)}, {seconds:.1f} s. {said}")
        finally:
            krita.close()
            screen.close()
    save_small(_sheet(cells), REPOSITORY / "docs/gallery/redrawn.webp")


def _told(ours: np.ndarray, theirs: np.ndarray) -> str:
    ink = ours > 127
    painted = theirs > np.quantile(theirs[theirs > 8], 0.9) / 2
    far = ndimage.distance_transform_edt(~ink)[painted]
    missed = ndimage.distance_transform_edt(~painted)[ink]
    return (
        f"{(far > NEAR).mean():.2%} of it lies over {NEAR} px outside our ink (farthest {far.max():.1f}),"
        f" {(missed > NEAR).mean():.2%} of ours as far from it"
    )


def _crop(grey: np.ndarray) -> np.ndarray:
    left, top, width, height = CROP
    return grey[top : top + height, left : left + width]


def _sheet(cells: list[tuple[str, np.ndarray]]) -> Image.Image:
    _, _, wide, high = CROP
    rows = -(-len(cells) // COLUMNS)
    sheet = Image.new("L", (COLUMNS * (wide + GAP) - GAP, rows * (high + LABEL + GAP) - GAP), 255)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for number, (name, grey) in enumerate(cells):
        x, y = number % COLUMNS * (wide + GAP), number // COLUMNS * (high + LABEL + GAP)
        pen.text((x + 4, y + 3), name, fill=0, font=font)
        sheet.paste(Image.fromarray(np.ascontiguousarray(grey)), (x, y + LABEL))
    return sheet.convert("RGB")


if __name__ == "__main__":
    main()
