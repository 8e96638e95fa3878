# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine as others use it: a sketch goes in and ink comes out, whatever it is drawn on and stored in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import Bytes, MadeSketch, SeenNetwork, line_map, nearly_same_ink, ring, sketch_page, wave
from scipy import ndimage

from smart_lineart.inking import (
    ArraySketch,
    BadOption,
    BadSketch,
    Cancelled,
    Features,
    Inker,
    InkError,
    OutOfMemory,
    Rect,
    load_model,
    style_names,
)
from smart_lineart.inking import inker as inker_module
from smart_lineart.inking.network.runtime import Network, load_network
from smart_lineart.inking.network.tiles import LEAST_PIXELS
from smart_lineart.inking.strokes import Strokes
from smart_lineart.said import Said

PAGE = sketch_page()
ALIKE = 0.97  # share of ink that two pictures of the same drawing have in common


@pytest.fixture(scope="module")
def inker() -> Iterator[Inker]:
    with Inker() as opened:
        yield opened


@pytest.fixture(scope="module")
def features(inker: Inker) -> Features:
    return inker.prepare(PAGE)


@pytest.fixture(scope="module")
def ink(inker: Inker, features: Features) -> Bytes:
    return inker.render(features)


def same_features(one: Features, two: Features) -> bool:
    arrays = ("points", "width", "strength", "starts")
    strokes = all(np.array_equal(getattr(one.strokes, a), getattr(two.strokes, a)) for a in arrays)
    solids = (one.solid is None) == (two.solid is None) and (
        one.solid is None or np.array_equal(one.solid, two.solid)
    )
    return strokes and solids and (one.size, one.scale) == (two.size, two.scale)


class TestInk:
    def test_the_drawing_is_there_and_nothing_else(self, ink: Bytes) -> None:
        assert ink.shape == PAGE.shape
        assert ink.dtype == np.uint8
        drawn = PAGE < 150
        near = ndimage.binary_dilation(drawn, iterations=4)
        assert not (ink[~near] > 127).any()
        assert (ndimage.binary_dilation(ink > 127, iterations=3) & drawn).sum() > 0.95 * drawn.sum()

    def test_prepared_once_it_is_drawn_many_times_as_ink_does_at_once(
        self, inker: Inker, features: Features
    ) -> None:
        for thickness, style, faint in ((4.0, "pen", 0.5), (9.5, "brush", 0.0), (1.0, "technical", 0.9)):
            np.testing.assert_array_equal(
                inker.render(features, thickness=thickness, style=style, faint=faint),
                inker.ink(PAGE, thickness=thickness, style=style, faint=faint),
            )

    def test_lines_are_far_smaller_than_the_page_s_maps(self, features: Features) -> None:
        assert 0 < features.without_seen().nbytes < PAGE.size / 2

    def test_the_same_sketch_gives_the_same_ink(self, inker: Inker, features: Features) -> None:
        assert same_features(inker.prepare(PAGE), features)

    def test_the_sketch_is_not_changed(self, inker: Inker) -> None:
        page = PAGE.copy()
        inker.ink(page)
        np.testing.assert_array_equal(page, PAGE)

    @pytest.mark.parametrize("size", [(1, 1), (1, 500), (7, 3000), (3000, 7), (211, 97)])
    def test_any_size_comes_back_as_it_went_in(self, inker: Inker, size: tuple[int, int]) -> None:
        page = np.full(size, 250, np.uint8)
        page[size[0] // 2, size[1] // 3 : size[1] // 2 + 1] = 20
        assert inker.ink(page).shape == size

    def test_both_runtimes_ink_alike(self, ink: Bytes) -> None:
        for runtime in ("openvino", "onnxruntime"):
            with Inker(runtime=runtime, device="cpu") as other:
                assert (other.runtime_name, other.device_name) == (runtime, "cpu")
                assert nearly_same_ink(other.ink(PAGE), ink) > 0.999

    def test_a_closed_inker_s_features_can_be_drawn_by_another(self, inker: Inker) -> None:
        with Inker() as first:
            features = first.prepare(PAGE)
            expected = first.render(features, thickness=3.0)
        np.testing.assert_array_equal(inker.render(features, thickness=3.0), expected)


class TestPaper:
    def test_light_on_dark_is_inked_as_dark_on_light(self, inker: Inker, ink: Bytes) -> None:
        features = inker.prepare(255 - PAGE)
        assert features.inverted
        assert nearly_same_ink(inker.render(features), ink) > ALIKE

    @pytest.mark.parametrize("share", [0.9, 0.75, 0.55])
    def test_cream_and_grey_paper_are_inked_as_white(self, inker: Inker, ink: Bytes, share: float) -> None:
        assert nearly_same_ink(inker.ink(np.rint(PAGE * share).astype(np.uint8)), ink) > ALIKE

    def test_coloured_paper_is_inked_as_white(self, inker: Inker, ink: Bytes) -> None:
        cream = np.rint(PAGE[..., None] * np.array([1.0, 0.96, 0.84])).astype(np.uint8)
        assert nearly_same_ink(inker.ink(cream), ink) > ALIKE

    def test_uneven_light_is_inked_as_even(self, inker: Inker, ink: Bytes) -> None:
        falloff = 1.0 - 0.35 * np.linspace(0, 1, PAGE.shape[1])
        assert nearly_same_ink(inker.ink(np.rint(PAGE * falloff).astype(np.uint8)), ink) > 0.95

    @pytest.mark.parametrize("pencil", [90, 160])
    def test_a_softer_pencil_is_inked_as_a_firm_one(self, inker: Inker, ink: Bytes, pencil: int) -> None:
        assert nearly_same_ink(inker.ink(sketch_page(ink=pencil)), ink) > 0.95

    def test_grain_draws_nothing_of_its_own(self, inker: Inker, ink: Bytes) -> None:
        grain = np.random.default_rng(1).normal(0, 4, PAGE.shape)
        noisy = np.clip(PAGE + grain, 0, 255).astype(np.uint8)
        assert nearly_same_ink(inker.ink(noisy), ink, slack=2) > 0.95


class TestBlankPages:
    @pytest.mark.parametrize("value", [255, 240, 128, 30, 0])
    @pytest.mark.parametrize("size", [(300, 400), (1, 1), (7, 3000)])
    def test_an_even_page_gives_no_ink(self, inker: Inker, value: int, size: tuple[int, int]) -> None:
        features = inker.prepare(np.full(size, value, np.uint8))
        assert len(features.strokes) == 0
        assert features.solid is None
        assert not inker.render(features, faint=0.0, thickness=20.0).any()

    def test_a_transparent_page_gives_no_ink(self, inker: Inker) -> None:
        assert not inker.ink(np.zeros((200, 300, 4), np.uint8)).any()

    @pytest.mark.parametrize("paper", [250, 230, 128])
    @pytest.mark.parametrize("noise", [1.5, 6, 15])
    def test_paper_with_grain_gives_no_ink(self, inker: Inker, paper: int, noise: float) -> None:
        grain = np.random.default_rng(2).normal(paper, noise, (500, 400))
        assert not inker.ink(np.clip(grain, 0, 255).astype(np.uint8), faint=0.0).any()

    def test_an_empty_page_lit_from_one_side_gives_no_ink(self, inker: Inker) -> None:
        light = 230 - np.linspace(0, 20, 700) + np.random.default_rng(3).normal(0, 2, (500, 700))
        assert not inker.ink(np.clip(light, 0, 255).astype(np.uint8)).any()

    def test_a_blank_page_runs_no_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        network = SeenNetwork(139, 16)
        with opened(monkeypatch, network) as fake:
            fake.prepare(np.full((900, 900), 200, np.uint8))
        assert network.runs == []


class TestPixels:
    @pytest.mark.parametrize(
        "convert",
        [
            lambda page: page.astype(np.uint16) * np.uint16(257),
            lambda page: page / 255.0,
            lambda page: (page / 255.0).astype(np.float32),
            lambda page: page[..., None],
            lambda page: np.repeat(page[..., None], 3, axis=2),
            lambda page: np.stack([page, np.full_like(page, 255)], axis=2),
            np.asfortranarray,
            ArraySketch,
        ],
        ids=["uint16", "float64", "float32", "one-channel", "rgb", "grey-alpha", "fortran", "sketch"],
    )
    def test_the_same_picture_in_any_form(
        self, inker: Inker, ink: Bytes, convert: Callable[[Bytes], NDArray[Any]]
    ) -> None:
        np.testing.assert_array_equal(inker.ink(convert(PAGE)), ink)

    def test_lines_on_a_transparent_layer(self, inker: Inker) -> None:
        lines = 255 - sketch_page(ink=0, paper=255)
        layer = np.zeros((*lines.shape, 4), np.uint8)
        layer[..., 3] = lines
        np.testing.assert_array_equal(inker.ink(layer), inker.ink(sketch_page(ink=0, paper=255)))

    def test_a_page_read_in_strips(self, inker: Inker, ink: Bytes) -> None:
        sketch = MadeSketch(PAGE.shape, lambda top, bottom: PAGE[top:bottom].astype(np.float32) / 255)
        np.testing.assert_array_equal(inker.ink(sketch), ink)
        assert sketch.reads[0][0] == 0

    def test_16_bits_are_not_crushed_to_8(self, inker: Inker) -> None:
        # All of the drawing lies within two 8-bit steps: crushed, half of it would be gone or banded.
        faint = 0.93 + 0.07 * PAGE / 255.0
        as_16 = np.rint(faint * 65535).astype(np.uint16)
        np.testing.assert_array_equal(inker.prepare(as_16).size, PAGE.shape)
        assert nearly_same_ink(inker.ink(as_16), inker.ink(faint)) > 0.999

    def test_not_a_number_is_paper(self, inker: Inker, ink: Bytes) -> None:
        holed = PAGE / 255.0
        holed[:8] = np.nan
        assert nearly_same_ink(inker.ink(holed), ink) > ALIKE


class TestBadInput:
    @pytest.mark.parametrize(
        "page",
        [
            np.zeros((0, 10), np.uint8),
            np.zeros((10, 10, 7), np.uint8),
            np.zeros(10, np.uint8),
            np.zeros((4, 4), np.int16),
            np.zeros((4, 4), np.complex128),
        ],
        ids=["empty", "channels", "flat", "signed", "complex"],
    )
    def test_no_image_is_one_sentence(self, inker: Inker, page: NDArray[Any]) -> None:
        with pytest.raises(BadSketch) as caught:
            inker.ink(page)
        check_sentence(caught.value)

    def test_an_absurd_page_is_refused_before_it_is_read(self, inker: Inker) -> None:
        sketch = MadeSketch((10**6, 10**6), lambda top, bottom: pytest.fail("read"))
        with pytest.raises(BadSketch, match="1000000 x 1000000") as caught:
            inker.prepare(sketch)
        check_sentence(caught.value)
        assert sketch.reads == []

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            ({"thickness": 0.0}, "Thickness"),
            ({"thickness": -3.0}, "Thickness"),
            ({"thickness": 1e9}, "Thickness"),
            ({"thickness": float("nan")}, "Thickness"),
            ({"style": "crayon"}, "crayon"),
            ({"style": ""}, "style"),
            ({"faint": -0.1}, "Faint"),
            ({"faint": 1.1}, "Faint"),
            ({"faint": float("nan")}, "Faint"),
            ({"weight": -0.1}, "Line weight"),
            ({"weight": 1.1}, "Line weight"),
            ({"weight": float("nan")}, "Line weight"),
            ({"detail": 0.0}, "Detail"),
            ({"detail": 99.0}, "Detail"),
            ({"detail": float("nan")}, "Detail"),
        ],
        ids=lambda value: str(value) if isinstance(value, dict) else None,
    )
    def test_a_bad_option_is_told_before_any_work(
        self, options: dict[str, Any], told: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sketch = MadeSketch((300, 300), lambda top, bottom: pytest.fail("read"))
        with (
            opened(monkeypatch, SeenNetwork(139, 16)) as fake,
            pytest.raises(BadOption, match=told) as caught,
        ):
            fake.ink(sketch, **options)
        check_sentence(caught.value)

    @pytest.mark.parametrize(
        "region",
        [Rect(-1, 0, 10, 10), Rect(0, 0, 321, 10), Rect(0, 231, 5, 10), Rect(5, 5, 0, 3), Rect(900, 0, 1, 1)],
    )
    def test_a_region_beyond_the_page_is_refused(
        self, inker: Inker, features: Features, region: Rect
    ) -> None:
        with pytest.raises(BadOption, match="region") as caught:
            inker.render(features, region=region)
        check_sentence(caught.value)

    @pytest.mark.parametrize(
        "options",
        [{"runtime": "tensorrt"}, {"device": "tpu"}, {"threads": 0}, {"model": Path("nowhere")}],
        ids=str,
    )
    def test_a_bad_choice_of_engine_is_one_sentence(self, options: dict[str, Any]) -> None:
        with pytest.raises(InkError) as caught:
            Inker(**options)
        check_sentence(caught.value)

    def test_a_sketch_that_cannot_be_read_leaves_the_inker_usable(self, inker: Inker, ink: Bytes) -> None:
        def broken(top: int, bottom: int) -> NDArray[np.float32]:
            raise BadSketch("The file ends early.")

        with pytest.raises(BadSketch, match="ends early"):
            inker.ink(MadeSketch((300, 300), broken))
        np.testing.assert_array_equal(inker.ink(PAGE), ink)


def check_sentence(error: InkError) -> None:
    """One line that starts and ends as a sentence does, without Python's names in it."""
    told = str(error)
    assert "\n" not in told
    assert told[0].isupper() or told[0] in "'/"
    assert told.endswith(".")
    assert "Error" not in told


class TestRender:
    @pytest.mark.parametrize("style", style_names())
    def test_a_region_is_that_part_of_the_page(self, inker: Inker, features: Features, style: str) -> None:
        page = inker.render(features, style=style, thickness=6.0)
        rng = np.random.default_rng(4)
        for _ in range(8):
            x, y = int(rng.integers(0, 320)), int(rng.integers(0, 240))
            region = Rect(x, y, int(rng.integers(1, 321 - x)), int(rng.integers(1, 241 - y)))
            part = inker.render(features, style=style, thickness=6.0, region=region)
            np.testing.assert_array_equal(part, page[y : region.bottom, x : region.right])

    def test_a_region_with_solids_is_that_part_of_the_page(self, inker: Inker, features: Features) -> None:
        solid = np.zeros((120, 160), np.uint8)
        solid[30:70, 40:90] = 255
        holding = Features(
            features.size, features.scale, inverted=False, strokes=features.strokes, solid=solid
        )
        page = inker.render(holding)
        assert (page == 255).sum() > (inker.render(features) == 255).sum()
        part = inker.render(holding, region=Rect(70, 50, 101, 67))
        np.testing.assert_array_equal(part, page[50:117, 70:171])

    def test_of_any_weight_a_region_is_that_part_and_solids_stay(
        self, inker: Inker, features: Features
    ) -> None:
        swelling = replace(
            features.strokes, width=np.linspace(0.5, 2.0, len(features.strokes.width), dtype=np.float32)
        )
        solid = np.zeros((120, 160), np.uint8)
        solid[30:70, 40:90] = 255
        blank = replace(features, strokes=Strokes.empty(), solid=solid)
        holding = replace(features, strokes=swelling, solid=solid)
        pages = []
        for weight in (0.0, 0.4, 1.0):
            page = inker.render(holding, thickness=6.0, weight=weight)
            part = inker.render(holding, thickness=6.0, weight=weight, region=Rect(70, 50, 101, 67))
            np.testing.assert_array_equal(part, page[50:117, 70:171])
            black = inker.render(blank, thickness=6.0, weight=weight)
            np.testing.assert_array_equal(black, inker.render(blank, thickness=6.0))
            pages.append(page)
        assert len({page.tobytes() for page in pages}) == 3
        ones = np.ones_like(swelling.width)
        even = replace(holding, strokes=replace(swelling, width=ones, alone=ones))
        np.testing.assert_array_equal(pages[0], inker.render(even, thickness=6.0))

    def test_what_is_inked_at_once_has_the_weight_too(self, inker: Inker, features: Features) -> None:
        for weight in (0.0, 1.0):
            np.testing.assert_array_equal(
                inker.ink(PAGE, weight=weight), inker.render(features, weight=weight)
            )

    def test_thicker_is_more_ink(self, inker: Inker, features: Features) -> None:
        spent = [
            int(inker.render(features, thickness=t).sum()) for t in (0.25, 0.5, 1.0, 2.0, 5.0, 20.0, 400.0)
        ]
        assert spent == sorted(set(spent))

    def test_faint_lines_go_first(self, inker: Inker) -> None:
        page = line_map((240, 320), ring(100, 110, 70), value=200)
        page = np.maximum(page, line_map((240, 320), wave(180, 310, 120, 40, 90), value=90))
        features = inker.prepare(255 - page)
        spent = [int(inker.render(features, faint=f).sum()) for f in (0.0, 0.25, 0.5, 0.75, 1.0)]
        assert spent == sorted(spent, reverse=True)
        assert spent[0] > spent[-1] > 0

    def test_cancelled_rendering_can_be_done_again(
        self, inker: Inker, features: Features, ink: Bytes
    ) -> None:
        with pytest.raises(Cancelled):
            inker.render(features, cancelled=lambda: True)
        np.testing.assert_array_equal(inker.render(features), ink)


class TestRun:
    def test_progress_rises_to_one_on_the_callers_thread(self, inker: Inker) -> None:
        heard: list[tuple[float, int]] = []
        inker.prepare(PAGE, progress=lambda done: heard.append((done, threading.get_ident())))
        values = [done for done, _ in heard]
        assert len(values) >= 3
        assert values == sorted(values)
        assert values[0] >= 0.0
        assert values[-1] == 1.0
        assert {thread for _, thread in heard} == {threading.get_ident()}

    def test_progress_of_a_blank_page_ends_at_one(self, inker: Inker) -> None:
        heard: list[float] = []
        inker.prepare(np.full((50, 50), 255, np.uint8), progress=heard.append)
        assert heard[-1] == 1.0

    def test_cancelling_anywhere_leaves_the_inker_usable(self, inker: Inker, features: Features) -> None:
        asked = [0]

        def count() -> bool:
            asked[0] += 1
            return False

        inker.prepare(PAGE, cancelled=count)
        total = asked[0]
        assert total >= 3
        for last in range(1, total + 1):
            asked[0] = 0
            with pytest.raises(Cancelled) as caught:
                inker.prepare(PAGE, cancelled=lambda last=last: count() or asked[0] >= last)
            assert asked[0] == last, "asked again after it was told to stop"
            check_sentence(caught.value)
        assert same_features(inker.prepare(PAGE), features)

    def test_detail_is_the_working_scale(self, inker: Inker) -> None:
        for detail in (0.25, 0.5, 1.0, 2.0):
            features = inker.prepare(PAGE, detail=detail)
            assert features.scale == detail
            assert nearly_same_ink(inker.render(features), 255 - PAGE, slack=4) > 0.8

    def test_a_larger_scan_is_inked_as_the_smaller_one(self, inker: Inker) -> None:
        # The same drawing at two resolutions, as wide relative to the page.
        small, large = sketch_page((480, 640)), np.kron(sketch_page((480, 640)), np.ones((2, 2), np.uint8))
        one = inker.ink(small, thickness=4.0)
        two = inker.ink(large, thickness=8.0)
        assert nearly_same_ink(two[1::2, 1::2], one, slack=2) > 0.95


def opened(monkeypatch: pytest.MonkeyPatch, network: Any, **options: Any) -> Inker:
    """An Inker with a network that stands in for the one it would load."""
    monkeypatch.setattr(
        inker_module,
        "load_network",
        lambda *args, **kwargs: (network, network.runtime_name, network.device_name),
    )
    return Inker(**options)


def wide_page() -> Bytes:
    """A page for several tiles at working scale 1."""
    return sketch_page((600, 700))


@pytest.fixture(scope="module")
def expected(inker: Inker) -> Features:
    """What one run over all of the wide page finds."""
    return inker.prepare(wide_page(), detail=1.0)


class TestMemory:
    @pytest.mark.parametrize("options", [{"memory_limit": 260 << 20}, {"threads": 1}], ids=str)
    def test_neither_memory_nor_threads_change_a_line(
        self, expected: Features, options: dict[str, Any]
    ) -> None:
        with Inker(**options) as other:
            assert same_features(other.prepare(wide_page(), detail=1.0), expected)

    def test_a_lower_limit_means_smaller_tiles(self, monkeypatch: pytest.MonkeyPatch) -> None:
        largest = []
        for limit in (1 << 30, 270 << 20, 1):
            network = SeenNetwork(139, 16)
            with opened(monkeypatch, network, memory_limit=limit) as fake:
                fake.prepare(wide_page(), detail=1.0)
            largest.append(max(height * width for height, width in network.runs))
        assert largest[0] > largest[1] > 0
        assert largest[1] >= largest[2]
        assert largest[2] <= LEAST_PIXELS

    @pytest.mark.parametrize("failure", [OutOfMemory, MemoryError])
    def test_when_memory_runs_short_smaller_tiles_give_the_same_lines(
        self, monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
    ) -> None:
        notices: list[Said] = []
        with opened(monkeypatch, SeenNetwork(139, 16)) as fake:
            expected = fake.prepare(wide_page(), detail=1.0)
        choking = SeenNetwork(139, 16, most_pixels=300_000, failure=failure)
        with opened(monkeypatch, choking, notify=notices.append) as fake:
            assert same_features(fake.prepare(wide_page(), detail=1.0), expected)
        assert len(notices) == choking.released >= 1
        assert max(np.prod(run) for run in choking.runs[-4:]) <= 300_000
        for notice in notices:
            assert str(notice) == "Memory ran short; inking goes on in smaller tiles."

    def test_the_real_network_goes_on_after_a_shortage_too(
        self, monkeypatch: pytest.MonkeyPatch, expected: Features
    ) -> None:
        real, _, _ = load_network(load_model(None).onnx)
        notices: list[Said] = []
        with opened(monkeypatch, Choking(real, 300_000), notify=notices.append) as fake:
            assert same_features(fake.prepare(wide_page(), detail=1.0), expected)
        assert notices

    def test_when_not_even_the_smallest_tile_fits_it_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        network = SeenNetwork(139, 16, most_pixels=1000, failure=OutOfMemory)
        with opened(monkeypatch, network) as fake:
            with pytest.raises(OutOfMemory, match="ran out of memory") as caught:
                fake.prepare(wide_page(), detail=1.0)
            check_sentence(caught.value)
            network.most_pixels = None
            assert len(fake.prepare(wide_page(), detail=1.0).strokes)

    def test_a_page_that_does_not_fit_is_told(self, inker: Inker) -> None:
        def too_much(top: int, bottom: int) -> NDArray[np.float32]:
            raise MemoryError

        with pytest.raises(OutOfMemory) as caught:
            inker.prepare(MadeSketch((300, 300), too_much))
        check_sentence(caught.value)


class Choking:
    """A network that runs out of memory on large tiles, until its memory was released."""

    def __init__(self, network: Network, most_pixels: int):
        self._network = network
        self._most_pixels = most_pixels
        self.runtime_name = network.runtime_name
        self.device_name = network.device_name
        self.release_memory = network.release_memory
        self.close = network.close

    def run(self, tile: Bytes) -> Bytes:
        if tile.size > self._most_pixels:
            raise OutOfMemory
        return self._network.run(tile)


def test_a_page_too_large_for_the_memory_limit_is_seen_smaller() -> None:
    page = np.full((4000, 5000), 255, np.uint8)
    page[1000:1006, 500:1500] = 0
    notices: list[Said] = []
    with Inker(memory_limit=280 << 20, notify=notices.append) as small:
        features = small.prepare(page, detail=1.0)
    assert 0.3 < features.scale < 0.5
    assert len(notices) == 1
    assert "too large for its detail" in str(notices[0])
    with Inker(notify=notices.append) as roomy:
        assert roomy.prepare(page, detail=1.0).scale == 1.0
    assert len(notices) == 1
