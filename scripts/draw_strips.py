# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the bundled brush strips, smart_lineart/inking/brushes/*.png, with the stamping brush.

Usage: python scripts/draw_strips.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from smart_lineart.inking.brushes.stamping import Stamp, strip_of  # noqa: E402 (the path has just been set)

STAMPS = {
    "pen": Stamp(size_power=0.7),
    "technical": Stamp(least_size=1.0),
    "g-pen": Stamp(size_power=1.25),
    "brush": Stamp(size_power=1.6),
    "pencil": Stamp(
        hardness=0.45, least_size=0.45, size_power=0.7, least_opacity=0.15, opacity_power=0.6,
        grain=1.0, depth=0.75, crumble=0.35,
    ),
    "charcoal": Stamp(
        hardness=0.5, least_size=0.4, size_power=0.7, least_opacity=0.8, opacity=0.95,
        grain=2.0, depth=0.7, crumble=0.6, scatter=0.06,
    ),
    "dry-brush": Stamp(
        hardness=0.95, least_size=0.3, size_power=0.9, bristles=22, dryness=0.8,
        grain=1.2, depth=0.5, crumble=0.6, seed=3,
    ),
    "marker": Stamp(least_size=0.85, size_power=0.7, least_opacity=0.9, opacity=0.68),
}  # fmt: skip


def main() -> None:
    """Draw all of them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "smart_lineart/inking/brushes"
    folder.mkdir(parents=True, exist_ok=True)
    for name, stamp in STAMPS.items():
        data = strip_of(stamp).to_bytes()
        (folder / f"{name}.png").write_bytes(data)
        print(f"{folder / name}.png: {len(data)} bytes")


if __name__ == "__main__":
    main()
