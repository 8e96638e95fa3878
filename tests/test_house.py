# SPDX-License-Identifier: GPL-3.0-or-later
"""The drawing of the house: made from the imports, and up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import draw_house

ROOT = Path(__file__).resolve().parent.parent
FILES = {
    "smart_lineart/__init__.py": "",
    "smart_lineart/cli/__init__.py": "from smart_lineart.inking import Inker\n",
    "smart_lineart/inking/__init__.py": "from smart_lineart.inking.inker import Inker\n",
    "smart_lineart/inking/inker.py": (
        "from smart_lineart.inking.lines import trace\nfrom smart_lineart.inking.raster import thin\n"
        "if TYPE_CHECKING:\n    from smart_lineart.cli import main\n"
    ),
    "smart_lineart/inking/lines/__init__.py": "def late():\n    from ..raster import thin\n",
    "smart_lineart/inking/raster/__init__.py": "import numpy\n",
    "training/train.py": "import training.corpus\nfrom smart_lineart.inking import inker\n",
    "training/corpus.py": "",
}


@pytest.fixture
def uses(tmp_path: Path) -> draw_house.Uses:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return draw_house.find_rooms(tmp_path)


def test_rooms_use_what_they_import_however_they_write_it(uses: draw_house.Uses) -> None:
    inking = "smart_lineart.inking."
    assert uses == {
        "smart_lineart.cli": {inking + "inker"},  # through the package's face
        inking + "inker": {inking + "lines", inking + "raster"},  # no import for types alone
        inking + "lines": {inking + "raster"},
        inking + "raster": set(),
        "training": {inking + "inker"},
    }


def test_arrows_that_others_imply_are_left_out(uses: draw_house.Uses) -> None:
    assert draw_house.needed(uses)["smart_lineart.inking.inker"] == {"smart_lineart.inking.lines"}
    floors = draw_house.floors_of(uses)
    assert floors["smart_lineart.inking.raster"] == 1
    assert floors["training"] == floors["smart_lineart.cli"] == 4


def test_a_circle_is_drawn_side_by_side() -> None:
    uses = {"training": {"benchmarks"}, "benchmarks": {"training", "drawings"}, "drawings": set()}
    assert draw_house.needed(uses) == uses
    assert draw_house.draw(uses).count("<rect") == 3


def test_the_drawing_is_up_to_date() -> None:
    drawn = draw_house.draw(draw_house.find_rooms(ROOT))
    assert (ROOT / draw_house.PICTURE).read_text(encoding="utf-8") == drawn, "run scripts/draw_house.py"
