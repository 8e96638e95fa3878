# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the house from its imports: docs/images/house.svg, rooms as boxes and imports as arrows.

Usage: .venv/bin/python scripts/draw_house.py [FILE.svg]

A room is a package, or a module that lies among packages. An arrow that others imply is left out: what a room
reaches can be followed downwards. Modules that use nothing are the ground, without arrows: all may use them.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = "docs/images/house.svg"
HOUSES = ("smart_lineart", "training", "benchmarks", "drawings")
OPENED = ("smart_lineart", "smart_lineart.inking")  # packages whose rooms are shown
COLOURS = {"smart_lineart.inking": "#dbe9f6", "smart_lineart": "#e6f2dd", "": "#f5ecd7"}
WIDE, TALL, APART, FLOOR, EDGE = 128, 30, 14, 66, 16  # px
FRAME = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"
 font-size="12" text-anchor="middle">
<title>The rooms and their imports</title>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0 0 8 4 0 8z" fill="#777"/></marker></defs>
<path fill="#fff" d="M0 0h{width}v{height}H0z"/>
<g fill="none" stroke="#777" marker-end="url(#tip)">
{arrows}
</g>
{boxes}
</svg>
"""
BOX = """<rect x="{x:g}" y="{y:g}" width="{wide}" height="{tall}" rx="4" fill="{colour}" stroke="#555"/>
<text x="{middle:g}" y="{base:g}">{name}</text>"""

Uses = dict[str, set[str]]


def main() -> None:
    """Draw it and say where."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / PICTURE
    target.write_text(draw(find_rooms(ROOT)), encoding="utf-8")
    print(f"{target}: {target.stat().st_size / 1e3:.1f} kB")


def find_rooms(root: Path) -> Uses:
    """Every room, and the rooms that it imports from."""
    files = {name_of(path, root): path for house in HOUSES for path in sorted((root / house).rglob("*.py"))}
    rooms = {name: room_of(name) for name in files if name not in OPENED}
    faces = {
        f"{face}.{alias}": module
        for face in OPENED
        if face in files
        for alias, module in names_of(files[face], face, files)
    }
    uses: Uses = {room: set() for room in rooms.values()}
    for name, room in rooms.items():
        for alias, module in names_of(files[name], name, files):
            imported = faces.get(f"{module}.{alias}", module)
            if rooms.get(imported, room) != room:
                uses[room].add(rooms[imported])
    return uses


def name_of(path: Path, root: Path) -> str:
    """A file's dotted name."""
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def room_of(name: str) -> str:
    """The room that a module belongs to."""
    parts = name.split(".")
    shown = 1
    while shown < len(parts) and ".".join(parts[:shown]) in OPENED:
        shown += 1
    return ".".join(parts[:shown])


def names_of(path: Path, name: str, files: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """Each name that a file imports from a module of the house, wherever in it, and the module; no types."""
    package = (name if path.name == "__init__.py" else name.rpartition(".")[0]).split(".")
    for node in walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (("", alias.name) for alias in node.names if alias.name in files)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                yield alias.name, inner if inner in files else module


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes, without those under `if TYPE_CHECKING`."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)):
            yield from walk(child)


def reachable(uses: Uses, room: str) -> set[str]:
    """All that a room reaches through others."""
    found: set[str] = set()
    left = list(uses[room])
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += uses[one]
    return found


def needed(uses: Uses) -> Uses:
    """The arrows that no others imply. Rooms of a circle keep all of theirs."""
    beyond = {room: reachable(uses, room) for room in uses}
    return {
        room: {
            to for to in tos if not any(to in beyond[via] and room not in beyond[via] for via in tos - {to})
        }
        for room, tos in uses.items()
    }


def floors_of(uses: Uses) -> dict[str, int]:
    """How high each room lies: above all that it uses; rooms of a circle lie beside each other."""
    beyond = {room: reachable(uses, room) for room in uses}
    floors: dict[str, int] = {}

    def floor(room: str) -> int:
        if room not in floors:
            below = [to for to in uses[room] if room not in beyond[to]]
            floors[room] = 1 + max(map(floor, below), default=0)
        return floors[room]

    for room in uses:
        floor(room)
    return floors


def draw(uses: Uses) -> str:
    """The picture as SVG."""
    ground = sorted(room for room, tos in uses.items() if not tos and "." in room and not is_package(room))
    uses = {room: tos - set(ground) for room, tos in uses.items() if room not in ground}
    floors, arrows = floors_of(uses), needed(uses)
    rows = [
        sorted(room for room in uses if floors[room] == level) for level in range(max(floors.values()), 0, -1)
    ]
    width = max(len(row) for row in [*rows, ground]) * (WIDE + APART) - APART + 2 * EDGE
    places: dict[str, tuple[float, float]] = {}
    for level, row in enumerate([*rows, ground]):
        # A room lies beneath those that use it, as far as its neighbours leave room.
        left = (width - len(row) * (WIDE + APART) + APART) / 2
        row.sort(key=lambda room: (middle_above(room, arrows, places), room))
        for number, room in enumerate(row):
            places[room] = (left + number * (WIDE + APART), EDGE + level * FLOOR)
    height = EDGE * 2 + len(rows) * FLOOR + TALL
    lines = [arrow(places[room], places[to]) for room in sorted(arrows) for to in sorted(arrows[room])]
    boxes = [box(room, *places[room]) for room in sorted(places)]
    return FRAME.format(width=width, height=height, arrows="\n".join(lines), boxes="\n".join(boxes))


def is_package(room: str) -> bool:
    """Whether a room is a folder."""
    return (ROOT / room.replace(".", "/")).is_dir()


def middle_above(room: str, arrows: Uses, places: dict[str, tuple[float, float]]) -> float:
    """Where, from left to right, the rooms lie that use this one."""
    above = [x for other, (x, _) in places.items() if room in arrows.get(other, ())]
    return sum(above) / len(above) if above else 0.0


def arrow(start: tuple[float, float], stop: tuple[float, float]) -> str:
    """From the bottom of a box to the top of another."""
    x, y, to_x, to_y = start[0] + WIDE / 2, start[1] + TALL, stop[0] + WIDE / 2, stop[1]
    if y > to_y:  # rooms of a circle lie beside each other
        return f'<path d="M{x:g} {y:g}C{x:g} {y + 24:g} {to_x:g} {y + 24:g} {to_x:g} {to_y + TALL:g}"/>'
    bend = (to_y - y) / 2
    return f'<path d="M{x:g} {y:g}C{x:g} {y + bend:g} {to_x:g} {to_y - bend:g} {to_x:g} {to_y:g}"/>'


def box(room: str, x: float, y: float) -> str:
    """A room with its name."""
    colour, name = COLOURS[room.rpartition(".")[0]], room.removeprefix("smart_lineart.")
    middle, base = x + WIDE / 2, y + TALL / 2 + 4
    return BOX.format(x=x, y=y, wide=WIDE, tall=TALL, colour=colour, middle=middle, base=base, name=name)


if __name__ == "__main__":
    main()
