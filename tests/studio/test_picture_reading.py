# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture's layer as the network is shown it, and the process that looks at it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from smart_lineart.inking import Cancelled, Features, Strokes
from smart_lineart.inking.picture.classes import EDGES
from smart_lineart.studio.engine import Engine, EngineOptions
from smart_lineart.studio.picture_kinds import KINDS
from smart_lineart.studio.picture_reading import find_in, rows_of


def layer(*, coloured: bool = True) -> Any:
    """As `LayerSketch` holds one: a half covered blue pixel, an opaque orange one, one that is clear."""
    grey = np.array([[40, 120, 0]], np.uint8)
    colours = np.array([[(255, 0, 0), (0, 128, 255), (9, 9, 9)]], np.uint8)  # B, G, R
    alpha = np.array([[128, 255, 0]], np.uint8)
    return SimpleNamespace(size=(1, 3), grey=grey, alpha=alpha, colours=colours if coloured else None)


def test_colours_are_read_over_white() -> None:
    np.testing.assert_array_equal(
        rows_of(layer(), 0, 1)[0], [(127, 127, 255), (255, 128, 0), (255, 255, 255)]
    )


def test_grey_is_read_over_white() -> None:
    greys = rows_of(layer(coloured=False), 0, 1)[0]
    np.testing.assert_array_equal(greys, [(147, 147, 147), (120, 120, 120), (255, 255, 255)])


class Reader:
    """Keeps what it is shown, and finds nothing."""

    made: list[Reader] = []  # noqa: RUF012 (emptied by each test)

    def __init__(self, **wishes: Any):
        self.wishes, self.closed, self.shown = wishes, False, np.zeros(0)
        self.made.append(self)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True

    def scale(self, size: tuple[int, int]) -> float:
        return 1.0

    def find(self, working: np.ndarray, size: tuple[int, int], **_: Any) -> Any:
        self.shown = working
        none = Features(size, 1.0, inverted=False, strokes=Strokes.empty(), solid=None)
        return SimpleNamespace(
            lines=dict.fromkeys(EDGES, none), area=lambda _: none, thickness=None, colour=None
        )


@pytest.fixture(autouse=True)
def none_made() -> None:
    Reader.made.clear()


def test_every_kind_is_kept_and_every_row_is_shown() -> None:
    reader: Any = Reader()
    picture = SimpleNamespace(
        size=(40, 30),
        grey=np.zeros((40, 30), np.uint8),
        alpha=np.full((40, 30), 255, np.uint8),
        colours=np.random.default_rng(1).integers(0, 256, (40, 30, 3), np.uint8),
    )
    found = find_in(reader, picture, lambda _: None, lambda: False)
    assert list(found.kinds) == list(KINDS)
    np.testing.assert_array_equal(255 - reader.shown, picture.colours[..., ::-1])


def test_reading_is_cancelled_between_rows() -> None:
    with pytest.raises(Cancelled):
        find_in(Reader(), layer(), lambda _: None, lambda: True)  # type: ignore[arg-type]


class FakeInker:
    def __init__(self, **_: Any):
        self.released = 0

    def release_memory(self) -> None:
        self.released += 1


def test_one_process_is_there_at_a_time() -> None:
    engine = Engine(lambda _: None, make=FakeInker, make_reader=Reader)  # type: ignore[arg-type]
    inker: Any = engine.inker(engine.options)
    engine.options = EngineOptions(runtime="openvino", memory=300)
    engine.read_picture(layer(), lambda _: None, lambda: False)
    (reader,) = Reader.made
    assert inker.released == 1
    assert reader.closed
    assert reader.wishes["isolated"]
    assert (reader.wishes["runtime"], reader.wishes["memory_limit"]) == ("openvino", 300 << 20)
