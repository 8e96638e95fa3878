# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiles give the page that one run over all of it gives, bit by bit, within their budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smart_lineart.inking import Cancelled, load_model
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.network.maps import Prediction
from smart_lineart.inking.network.runtime import Network, load_network
from smart_lineart.inking.network.tiles import (
    MIN_CORE,
    MOST_PIXELS,
    TileShape,
    active_part,
    blank_response,
    plan_tiles,
    run_tiles,
    tile_rects,
    window,
    window_pixels,
)
from tests.inking.pictures import Bytes, SeenNetwork, line_map, ring, straight

WHOLE = 1 << 40  # pixels: a budget for any page at once
STRIDE = 16
REACH = 40
HALO = 48
AWKWARD = [(1, 1), (7, 3000), (3000, 7), (211, 997), (509, 512), (16, 16), (129, 127)]
# Budgets that cut those pages into strips, into squares, and into the smallest squares there are.
BUDGETS = [150_000, 60_000, 1]


def noise(size: tuple[int, int], seed: int = 1) -> Bytes:
    """Darkness of a page that is drawn on everywhere, so that no pixel of it is alike."""
    return np.random.default_rng(seed).integers(0, 256, size, np.uint8)


def sparse(size: tuple[int, int]) -> Bytes:
    """Darkness of a page with a ring, a line and a lone pixel on otherwise blank paper."""
    height, width = size
    page = line_map(size, ring(0.2 * width, 0.3 * height, 0.1 * min(size)))
    page |= line_map(size, straight((0.7 * width, 0.8 * height), (0.9 * width, 0.85 * height)))
    page[height // 2, width - 1] = 255
    return page


def whole_page(network: Network, page: Bytes, *, stride: int, halo: int) -> Bytes:
    """What the network says of the page in a single run, blank paper all around it."""
    full = Rect(0, 0, page.shape[1], page.shape[0])
    answer = network.run(window(page, full, stride=stride, halo=halo))
    return answer[0, :, halo : halo + page.shape[0], halo : halo + page.shape[1]]


def tiled(network: Network, page: Bytes, budget: int, *, stride: int = STRIDE, halo: int = HALO) -> Bytes:
    return run_tiles(network, page, channels=2, stride=stride, halo=halo, max_pixels=budget)


class TestPictures:
    @pytest.mark.parametrize("budget", [WHOLE, *BUDGETS])
    @pytest.mark.parametrize("size", AWKWARD)
    def test_tiles_of_three_colours_equal_the_whole_page(self, size: tuple[int, int], budget: int) -> None:
        network = SeenNetwork(REACH, STRIDE)
        page = np.stack([sparse(size), np.roll(sparse(size), 5, 1), noise(size) // 250], 2)
        expected = whole_page(network, page, stride=STRIDE, halo=HALO)
        np.testing.assert_array_equal(tiled(network, page, budget), expected)

    def test_what_is_coloured_in_one_channel_alone_is_not_blank(self) -> None:
        network = SeenNetwork(REACH, STRIDE)
        page = np.zeros((200, 300, 3), np.uint8)
        page[100, 150, 2] = 255
        assert (tiled(network, page, WHOLE) != tiled(network, np.zeros_like(page), WHOLE)).any()


class TestExactness:
    @pytest.mark.parametrize("budget", [WHOLE, *BUDGETS])
    @pytest.mark.parametrize("size", AWKWARD)
    @pytest.mark.parametrize("page_of", [noise, sparse], ids=["noise", "sparse"])
    def test_tiles_equal_the_whole_page(
        self, page_of: Callable[[tuple[int, int]], Bytes], size: tuple[int, int], budget: int
    ) -> None:
        network = SeenNetwork(REACH, STRIDE)
        page = page_of(size)
        expected = whole_page(network, page, stride=STRIDE, halo=HALO)
        np.testing.assert_array_equal(tiled(network, page, budget), expected)

    @given(
        st.integers(1, 330),
        st.integers(1, 330),
        st.sampled_from([1, 40_000, 90_000, WHOLE]),
        st.lists(st.tuples(st.floats(0, 0.999), st.floats(0, 0.999)), max_size=5),
    )
    @settings(max_examples=60, deadline=None)
    def test_dots_anywhere_on_any_page(
        self, height: int, width: int, budget: int, dots: list[tuple[float, float]]
    ) -> None:
        network = SeenNetwork(REACH, STRIDE)
        page = np.zeros((height, width), np.uint8)
        for y, x in dots:
            page[int(y * height), int(x * width)] = 255
        expected = whole_page(network, page, stride=STRIDE, halo=HALO)
        np.testing.assert_array_equal(tiled(network, page, budget), expected)

    def test_a_halo_short_of_the_reach_would_show(self) -> None:
        # Were it otherwise the tests above would prove nothing.
        network = SeenNetwork(REACH, STRIDE)
        page = noise((211, 997))
        expected = whole_page(network, page, stride=STRIDE, halo=HALO)
        assert (tiled(network, page, 1, halo=REACH - 8) != expected).any()

    def test_a_page_is_not_changed(self) -> None:
        page = sparse((211, 997))
        before = page.copy()
        tiled(SeenNetwork(REACH, STRIDE), page, 1)
        np.testing.assert_array_equal(page, before)


@pytest.fixture(scope="module", params=["openvino", "onnxruntime"])
def real(request: pytest.FixtureRequest) -> Iterator[Network]:
    if request.param == "onnxruntime":
        pytest.importorskip("onnxruntime")
    network, _, _ = load_network(load_model(None).onnx, runtime=request.param)
    yield network
    network.close()


class TestRealModel:
    """The shipped model on both runtimes: their kernels must not depend on a tile's shape either."""

    model = load_model(None)
    stride = model.stride
    halo = -(-(model.receptive_field // 2) // stride) * stride

    @pytest.mark.parametrize(
        ("size", "budget"),
        [((1, 1), 1), ((7, 3000), 700_000), ((211, 997), 270_000), ((509, 260), 400_000)],
    )
    def test_tiles_equal_the_whole_page(self, real: Network, size: tuple[int, int], budget: int) -> None:
        page = np.maximum(noise(size) // 4, sparse(size))
        expected = whole_page(real, page, stride=self.stride, halo=self.halo)
        out = tiled(real, page, budget, stride=self.stride, halo=self.halo)
        np.testing.assert_array_equal(out, expected)

    def test_skipped_paper_is_what_the_network_says_of_it(self, real: Network) -> None:
        page = sparse((300, 800))
        expected = whole_page(real, page, stride=self.stride, halo=self.halo)
        assert expected.std() > 1, "a flat answer would prove nothing"
        out = tiled(real, page, 400_000, stride=self.stride, halo=self.halo)
        np.testing.assert_array_equal(out, expected)

    def test_the_receptive_field_of_the_card_is_not_smaller_than_the_network_s(self, real: Network) -> None:
        side = 2 * self.halo + 16 * self.stride
        middle = side // 2
        lines = sparse((side, side))[None, None]  # a dot alone is dirt to the network
        known = real.run(lines)
        reach = 0
        for offset in (0, self.stride - 1):  # the reach differs over the stride
            tile = lines.copy()
            at = middle + offset
            tile[0, 0, at - 1 : at + 1, at - 1 : at + 1] ^= 255
            _, rows, columns = np.nonzero((real.run(tile) != known)[0])
            reach = max(reach, *(int(np.abs(places - at).max()) for places in (rows, columns)))
        assert 8 < reach <= self.model.receptive_field // 2 + 1


class TestBlankPaper:
    def test_a_blank_page_takes_one_small_run(self) -> None:
        network = SeenNetwork(REACH, STRIDE)
        page = np.zeros((2000, 1500), np.uint8)
        out = tiled(network, page, 300_000)
        assert len(network.runs) == 1
        assert np.prod(network.runs[0]) <= (2 * HALO + STRIDE) ** 2
        np.testing.assert_array_equal(out, whole_page(network, page, stride=STRIDE, halo=HALO))

    def test_only_tiles_that_see_ink_are_run(self) -> None:
        network = SeenNetwork(REACH, STRIDE)
        page = np.zeros((1600, 1600), np.uint8)
        page[100, 100] = 255
        tiled(network, page, 1)
        # The cores of 128 px around one dot, of 13 x 13, and once the blank paper.
        assert len(network.runs) <= 5
        assert sum(height * width for height, width in network.runs) < page.size / 4

    def test_a_drawing_in_a_corner_costs_its_own_area(self) -> None:
        network = SeenNetwork(REACH, STRIDE)
        page = np.zeros((1500, 1500), np.uint8)
        page[:200, :200] = noise((200, 200))
        tiled(network, page, WHOLE)
        most = (200 + HALO + 2 * HALO + 2 * STRIDE) ** 2 + (2 * HALO + STRIDE) ** 2
        assert sum(height * width for height, width in network.runs) <= most

    def test_every_run_starts_on_the_stride(self) -> None:
        page = sparse((509, 512))
        for core in tile_rects(509, 512, plan_tiles(509, 512, stride=STRIDE, halo=HALO, max_pixels=60_000)):
            part = active_part(page, core, stride=STRIDE, halo=HALO)
            assert part.x % STRIDE == part.y % STRIDE == 0
            assert part.intersection(core) == part

    @given(st.integers(1, 300), st.integers(1, 300), st.data())
    @settings(max_examples=50, deadline=None)
    def test_what_ink_can_reach_is_active(self, height: int, width: int, data: st.DataObject) -> None:
        y, x = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
        page = np.zeros((height, width), np.uint8)
        page[y, x] = 1
        core = Rect(64, 64, 96, 96).intersection(Rect(0, 0, width, height))
        if not core.width or not core.height:
            return
        part = active_part(page, core, stride=STRIDE, halo=HALO)
        reached = Rect(x - HALO, y - HALO, 2 * HALO + 1, 2 * HALO + 1).intersection(core)
        if reached.width and reached.height:
            assert part.intersection(reached) == reached
        else:
            assert part.width * part.height == 0

    def test_blank_answer_has_every_place_of_the_stride(self) -> None:
        answer = blank_response(SeenNetwork(REACH, STRIDE), stride=STRIDE, halo=HALO)
        assert answer.shape == (2, STRIDE, STRIDE)
        assert len(np.unique(answer[0])) > STRIDE


class TestPlan:
    @given(
        st.integers(1, 20_000),
        st.integers(1, 20_000),
        st.sampled_from([1, 2, 8, 16, 32]),
        st.integers(0, 20),
        st.integers(1, 8_000_000),
    )
    def test_plans_keep_to_their_budget(
        self, height: int, width: int, stride: int, halos: int, budget: int
    ) -> None:
        halo = halos * stride
        shape = plan_tiles(height, width, stride=stride, halo=halo, max_pixels=budget)
        assert shape.rows % stride == shape.columns % stride == 0
        assert shape.rows > 0
        assert shape.columns > 0
        least = (MIN_CORE + 2 * halo) ** 2
        assert (shape.rows + 2 * halo) * (shape.columns + 2 * halo) <= max(budget, least)

    @given(st.integers(1, 3000), st.integers(1, 3000), st.integers(1, 2_000_000))
    def test_cores_cover_the_page_once(self, height: int, width: int, budget: int) -> None:
        shape = plan_tiles(height, width, stride=STRIDE, halo=HALO, max_pixels=budget)
        covered = np.zeros((height, width), np.uint8)
        for core in tile_rects(height, width, shape):
            assert core.x % STRIDE == core.y % STRIDE == 0
            covered[core.y : core.bottom, core.x : core.right] += 1
        assert (covered == 1).all()

    def test_a_generous_budget_means_one_tile(self) -> None:
        assert plan_tiles(700, 900, stride=16, halo=48, max_pixels=WHOLE) == TileShape(704, 912)

    @given(st.integers(500, 9000), st.integers(500, 9000), st.integers(400_000, 2_000_000))
    def test_no_even_grid_has_fewer_pixels(self, height: int, width: int, budget: int) -> None:
        halo = 144
        shape = plan_tiles(height, width, stride=16, halo=halo, max_pixels=budget)

        def pixels(rows: int, columns: int) -> int:
            down, across = -(-height // rows), -(-width // columns)
            return (height + 2 * halo * down) * (width + 2 * halo * across)

        for across in (1, 2, 3, 5):
            columns = -(-width // across // 16) * 16 + 16
            rows = (budget // (columns + 2 * halo) - 2 * halo) // 16 * 16
            if rows >= MIN_CORE and columns >= MIN_CORE + 16:
                assert pixels(shape.rows, shape.columns) <= pixels(rows, columns)

    def test_an_a4_page_takes_less_than_twice_its_pixels(self) -> None:
        """As it is seen in detail: it took 2.4 times as many in strips as wide as the page."""
        shape = plan_tiles(1975, 1396, stride=16, halo=144, max_pixels=MOST_PIXELS)
        cores = list(tile_rects(1975, 1396, shape))
        assert window_pixels(cores, stride=16, halo=144) < 1.9 * 1975 * 1396

    def test_windows_stay_within_the_budget(self) -> None:
        network = SeenNetwork(REACH, STRIDE)
        tiled(network, noise((700, 900)), 120_000)
        assert len(network.runs) > 4
        assert max(height * width for height, width in network.runs) <= 120_000


class TestWindow:
    def test_beyond_the_page_is_blank_paper(self) -> None:
        page = np.full((20, 30), 9, np.uint8)
        out = window(page, Rect(16, 0, 14, 20), stride=16, halo=16)
        assert out.shape == (1, 1, 64, 48)
        assert out.flags.c_contiguous
        np.testing.assert_array_equal(np.argwhere(out[0, 0]).min(0), [16, 0])
        np.testing.assert_array_equal(np.argwhere(out[0, 0]).max(0), [35, 29])
        assert np.count_nonzero(out) == 20 * 30


class TestRun:
    def test_progress_rises_to_one(self) -> None:
        heard: list[float] = []
        run_tiles(
            SeenNetwork(REACH, STRIDE),
            noise((509, 512)),
            channels=2,
            stride=STRIDE,
            halo=HALO,
            max_pixels=60_000,
            progress=heard.append,
        )
        assert len(heard) > 4
        assert heard == sorted(heard)
        assert heard[0] > 0
        assert heard[-1] == 1.0

    @pytest.mark.parametrize("after", [0, 1, 3])
    def test_cancelling_stops_before_the_next_tile(self, after: int) -> None:
        network = SeenNetwork(REACH, STRIDE)
        with pytest.raises(Cancelled):
            run_tiles(
                network,
                noise((509, 512)),
                channels=2,
                stride=STRIDE,
                halo=HALO,
                max_pixels=1,
                cancelled=lambda: len(network.runs) >= after,
            )
        assert len(network.runs) == after


def test_a_prediction_holds_its_page_and_its_maps() -> None:
    known = Prediction(np.zeros((30, 40), np.uint8), np.zeros((2, 30, 40), np.uint8))
    assert known.nbytes == 3 * 30 * 40
    assert known.named.line.base is known.maps
