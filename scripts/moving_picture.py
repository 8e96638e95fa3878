# SPDX-License-Identifier: GPL-3.0-or-later
"""Films docs/images/moving.webp in a real Krita under Xvfb: ink, drag, correct, change the sketch, ink again.

    .venv/bin/python scripts/moving_picture.py [FILE]

What is seen is Krita's own window after each movement of a real mouse, whose pointer is drawn in.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "tests/krita"))

import harness  # noqa: E402 (the folder has just been put on the path)

Place = tuple[float, float]  # px, of the image or of the screen
Places = Sequence[Place]

SKETCH = REPOSITORY / "examples/pig-blue-pencil.webp"
WINDOW = (1000, 640)  # px
DOCKER = 230  # px
CAPTION = 34  # px: the height of the line below
LIMIT = 400_000  # bytes: every clone has the picture twice, packed and unpacked
QUALITIES = (85, 75, 65, 55, 45)
MOVING, PAUSE, LOOK = 110, 700, 1800  # ms that a frame is shown
FOLLOWING = 900  # ms until all of the page has followed a slider, on a slow machine
INK, LIGHT = (25, 25, 25), (255, 255, 255)
ARROW = ((0, 0), (0, 17), (4, 13), (7, 20), (10, 19), (7, 12), (12, 12))  # px: a pointer
BLUE = (90, 135, 215)  # the sketch's pencil

# What the artist does, in px of the sketch: eye, bristles, and a hat for the sketch.
WIPED: list[Places] = [[(835, 395), (880, 412), (905, 395)], [(450, 690), (560, 750), (760, 750), (890, 680)]]
DRAWN: list[Places] = [
    [(830, 400), (862, 376), (905, 378), (930, 404)],
    [(880, 384), (872, 398), (880, 412), (890, 398), (880, 384)],
    [(1262, 610), (1310, 590), (1340, 560)],
    [(1266, 660), (1330, 650), (1370, 622)],
    [(1284, 720), (1340, 716), (1384, 694)],
]
HAT: list[Places] = [
    [(640, 206), (690, 110), (745, 22)],
    [(745, 22), (804, 104), (862, 196)],
    [(640, 206), (700, 228), (790, 222), (862, 196)],
    [(690, 112), (745, 130), (798, 108)],
]

OPEN = """
def job():
    arrange()
    picture = image_array(QtGui.QImage(PATH))
    document = new_document(picture.shape[1], picture.shape[0])
    layer = document.createNode("Sketch", "paintlayer")
    paint(document, layer, picture)
    document.rootNode().addChildNode(layer, None)
    yield 1200
    window = K.activeWindow().qwindow()
    window.setGeometry(0, 0, *SIZE)
    yield 600
    document.setActiveNode(layer)
    session().change("thickness", 4.0, final=True)
    window.resizeDocks([docker()], [DOCKER], QtCore.Qt.Orientation.Horizontal)
    yield 400
    K.activeWindow().activeView().canvas().setZoomLevel(1.0)
    yield 300
    K.action("toggle_zoom_to_fit").trigger()
    yield 800
    left, top = on_screen(document, 0, 0)
    assert left > 0 and top > 0, "the page is not seen as a whole"
"""
# Where the docker fades the sketch by itself, this changes nothing.
FADE = """
def job():
    node = node_named(K.activeDocument(), "Sketch")
    node.setOpacity(min(node.opacity(), 90))
    K.activeDocument().refreshProjection()
    yield 600
"""
PLACE = "def job():\n    return place(widget(NAME).lineEdit() if SLIDER else NAME)"
SPOTS = """
def job():
    yield from take_brush(LAYER, SIZE, ERASE, COLOUR)
    return [[on_screen(K.activeDocument(), x, y) for x, y in path] for path in PATHS]
"""


class Film:
    """A Krita in front of a camera: `shoot` takes a frame, the rest moves the mouse and shoots."""

    def __init__(self, screen: harness.Screen, folder: Path):
        self.screen = screen
        self.krita = harness.KritaProcess(screen, settings="[theme]\nTheme=Krita dark\n")
        self.frames: list[Image.Image] = []
        self.times: list[int] = []
        self.caption = ""
        self._shown = folder / "window.png"
        self._pointer: Place = (WINDOW[0] * 0.6, WINDOW[1] * 0.6)

    def shoot(self, milliseconds: int = MOVING) -> None:
        """Take a frame. One that shows what the last one does prolongs it."""
        self.krita.picture(self._shown)
        window = Image.open(self._shown).convert("RGB").crop((0, 0, *WINDOW))
        frame = Image.new("RGB", (WINDOW[0], WINDOW[1] + CAPTION), INK)
        frame.paste(window, (0, 0))
        draw = ImageDraw.Draw(frame)
        draw.polygon([(x + self._pointer[0], y + self._pointer[1]) for x, y in ARROW], LIGHT, INK)
        middle = (WINDOW[0] / 2, WINDOW[1] + CAPTION / 2)
        draw.text(middle, self.caption, LIGHT, ImageFont.load_default(19), anchor="mm")
        if self.frames and frame == self.frames[-1]:
            self.times[-1] += milliseconds
            return
        self.frames.append(frame)
        self.times.append(milliseconds)

    def say(self, caption: str, milliseconds: int = PAUSE) -> None:
        """Change the line below."""
        self.caption = caption
        self.shoot(milliseconds)

    def go(self, x: float, y: float, steps: int = 5) -> None:
        """Move the mouse there."""
        for spot in between(self._pointer, (x, y), steps):
            self._move(spot)
            self.shoot(MOVING // 2)

    def click(self, name: str) -> None:
        """Click one of the docker's widgets."""
        spot = self.krita.run(PLACE, NAME=name, SLIDER=False)
        self.go(spot["x"], spot["y"])
        self.screen.xdotool("click", 1)

    def ink(self) -> None:
        """Click the button, and film until the ink is there."""
        self.click("ink")
        self.shoot()
        self.shoot()
        self.krita.wait_idle()
        self.shoot()

    def drag(self, name: str, places: Sequence[float], steps: int = 7) -> None:
        """Drag along one of the docker's sliders, through shares of its width."""
        spot = self.krita.run(PLACE, NAME=name, SLIDER=True)
        left = spot["x"] - spot["width"] // 2
        stops = [(left + share * spot["width"], spot["y"]) for share in places]
        self.go(*stops[0])
        self._press(stops, steps, MOVING, FOLLOWING)
        self.krita.wait_idle()
        self.shoot(PAUSE)

    def draw(
        self, layer: str, paths: Sequence[Places], size: float, colour: tuple[int, int, int] | None
    ) -> None:
        """Draw with the brush on a layer, in px of the image; without a colour, erase."""
        spots = self.krita.run(
            SPOTS, LAYER=layer, SIZE=size, ERASE=colour is None, COLOUR=colour or INK, PATHS=paths
        )
        for path in spots:
            self.go(*path[0], steps=2)
            self._press([tuple(place) for place in path], 3, MOVING // 2)
        self.krita.run("def job():\n    yield 400\n    K.activeDocument().waitForDone()\n    yield 200")
        self.shoot()

    def close(self) -> None:
        """Close Krita."""
        self.krita.close()

    def _move(self, spot: Place) -> None:
        self._pointer = spot
        self.screen.xdotool("mousemove", round(spot[0]), round(spot[1]))

    def _press(self, places: Places, steps: int, milliseconds: int, wait: int = 0) -> None:
        self.screen.xdotool("mousedown", 1)
        for start, end in itertools.pairwise(places):
            for spot in between(start, end, steps):
                self._move(spot)
                self.krita.run("def job():\n    yield WAIT", WAIT=wait)
                self.shoot(milliseconds)
        self.screen.xdotool("mouseup", 1)


def between(start: Place, end: Place, steps: int) -> Iterator[Place]:
    """Places on the way, the last of them the end."""
    for step in range(1, steps + 1):
        share = step / steps
        yield start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def play(film: Film, sketch: Path) -> None:
    """All that is seen, from sketch to ink that was made again."""
    film.krita.run(OPEN, PATH=str(sketch), SIZE=WINDOW, DOCKER=DOCKER)
    film.say("A rough sketch, on a layer of its own", LOOK)
    film.say("Click Ink sketch")
    film.ink()
    film.krita.run(FADE)
    film.say("The ink lies on a new layer above the sketch", LOOK)
    film.say("Drag the thickness: the ink follows")
    film.drag("thickness", (0.25, 0.5, 0.3))
    film.say("Correct the ink by hand: erase, draw")
    film.draw("Lineart: Sketch", WIPED, 80, None)
    film.draw("Lineart: Sketch", DRAWN, 8, (0, 0, 0))
    film.say("Go back to the sketch and change it")
    film.draw("Sketch", HAT, 9, BLUE)
    film.say("Ink again: new ink where the sketch is new ...")
    film.ink()
    film.shoot(LOOK)
    film.say("... and what you corrected stays")
    film.click("showCorrections")
    film.shoot(2 * LOOK)


def save(film: Film, path: Path) -> None:
    """Save as an animated WebP, as well as LIMIT allows. Raises ValueError where none is small enough."""
    for quality in QUALITIES:
        film.frames[0].save(
            path,
            "WEBP",
            save_all=True,
            append_images=film.frames[1:],
            duration=film.times,
            loop=0,
            quality=quality,
            method=6,
            minimize_size=True,
            allow_mixed=True,
        )
        size = path.stat().st_size
        print(
            f"{path.name}: {len(film.frames)} frames, {sum(film.times) / 1e3:.0f} s, "
            f"quality {quality}, {size / 1e3:.0f} kB"
        )
        if size <= LIMIT:
            return
    raise ValueError(f"{path.name} is larger than {LIMIT / 1e3:.0f} kB: show less")


def main() -> None:
    """Make the moving picture."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "docs/images/moving.webp"
    screen = harness.Screen()
    try:
        with tempfile.TemporaryDirectory() as spare:
            sketch = Path(spare) / "sketch.png"  # Krita's Qt need not know the sketch's format
            Image.open(SKETCH).save(sketch)
            film = Film(screen, Path(spare))
            try:
                play(film, sketch)
            finally:
                film.close()
            save(film, path)
    finally:
        screen.close()


if __name__ == "__main__":
    main()
