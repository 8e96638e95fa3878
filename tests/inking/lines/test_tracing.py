# SPDX-License-Identifier: GPL-3.0-or-later
"""From a line map to strokes: what a hand drew as one line is one stroke, where it was and as smooth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from smart_lineart.inking.lines import fairing
from smart_lineart.inking.lines.fairing import Fairer
from smart_lineart.inking.lines.levels import MOST_SWELL, Levels
from smart_lineart.inking.lines.tracing import trace_strokes
from smart_lineart.inking.strokes import Strokes
from tests.inking.pictures import Bytes, Floats, distance_to, line_map, paths_of, ring, straight, wave

SIZE = (200, 240)


def traced(
    *lines: Bytes,
    darkness: Bytes | None = None,
    scale: tuple[float, float] = (1.0, 1.0),
) -> Strokes:
    """Strokes of the brightest of some line maps."""
    line = np.maximum.reduce(lines)
    return trace_strokes(line, line if darkness is None else darkness, scale)[0]


def centrelines(strokes: Strokes) -> list[NDArray[np.float32]]:
    """Paths in the coordinates of a line map, where whole numbers are pixel centres."""
    return [path - np.float32(0.5) for path in paths_of(strokes)]


def lines(*paths: Floats, thickness: float = 3.0, value: int = 255) -> Bytes:
    return line_map(SIZE, *paths, thickness=thickness, value=value)


def ruled(degrees: float, middle: tuple[float, float], length: float = 160.0) -> Floats:
    along = 0.5 * length * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    return straight(tuple(middle - along), tuple(middle + along))


def off_straight(path: Floats) -> float:
    """Largest distance from the straight line through a path's ends."""
    return float(distance_to(path, path[[0, -1]]).max())


class TestNothing:
    @pytest.mark.parametrize("size", [(1, 1), (2, 5), (200, 240)])
    def test_an_empty_map_has_no_strokes(self, size: tuple[int, int]) -> None:
        strokes = traced(np.zeros(size, np.uint8))
        assert len(strokes) == 0
        assert strokes.points.shape == (0, 2)
        assert strokes.nbytes <= 8

    def test_what_the_network_half_sees_is_no_line(self) -> None:
        assert len(traced(lines(straight((20, 100), (220, 100)), value=60))) == 0


class TestScraps:
    @pytest.mark.parametrize(
        ("length", "value", "stays"),
        [(12, 140, False), (12, 250, True), (40, 110, False), (40, 140, True), (70, 110, True)],
    )
    def test_a_short_line_that_touches_none_needs_to_be_sure(
        self, length: int, value: int, stays: bool
    ) -> None:
        scrap = lines(straight((100, 60), (100 + length, 60)), value=value)
        found = traced(scrap, lines(straight((20, 100), (220, 100))))
        assert len(found) == 1 + stays

    def test_a_longer_unsure_line_stays_where_it_touches_another(self) -> None:
        stub = lines(straight((120, 82), (120, 100)), value=160)
        found = centrelines(traced(stub, lines(straight((20, 100), (220, 100)))))
        assert any(np.hypot(*(path - (120, 88)).T).min() < 2 for path in found)


class TestPlaces:
    @pytest.mark.parametrize("degrees", [0, 10, 30, 45, 60, 80, 90])
    @pytest.mark.parametrize("thickness", [3, 4])
    def test_straight_lines_are_one_stroke_along_the_middle(self, degrees: float, thickness: float) -> None:
        path = ruled(degrees, (120.3, 100.4))
        (found,) = centrelines(traced(lines(path, thickness=thickness)))
        assert distance_to(found, path).max() < 1.0
        for end in path[[0, -1]]:
            assert np.hypot(*(found[[0, -1]] - end).T).min() < 1.0 + 0.75 * thickness

    def test_a_line_on_pixel_centres_stays_on_them(self) -> None:
        (found,) = centrelines(traced(lines(straight((20, 100), (220, 100)))))
        np.testing.assert_allclose(found[:, 1], 100.0, atol=0.01)

    @pytest.mark.parametrize("radius", [6, 12, 40, 80])
    def test_a_ring_is_one_closed_stroke_and_round(self, radius: float) -> None:
        (found,) = centrelines(traced(lines(ring(120.2, 100.7, radius))))
        radii = np.hypot(*(found - [120.2, 100.7]).T)
        assert np.abs(radii - radius).max() < 0.6
        assert np.hypot(*(found[0] - found[-1])) < 0.1
        steps = np.diff(np.concatenate([found, found[1:3]]), axis=0)
        cosines = (steps[1:] * steps[:-1]).sum(1) / np.hypot(*steps[1:].T) / np.hypot(*steps[:-1].T)
        # No corner anywhere, the seam included: a circle turns by 1 / radius per px.
        assert np.degrees(np.arccos(np.clip(cosines, -1, 1))).max() < 12 + 60 / radius

    # Crests of the shorter wave turn in 7 px. They fill up inside, since a line map is thicker at the
    # threshold, a third, than the line: thinned, a crest lies a pixel of the map off, which is 0.98 px, and
    # faired 0.97. Wider bends keep to less: 0.44 px where they turn in 27 px.
    @pytest.mark.parametrize(("period", "leeway"), [(90, 1.0), (180, 0.6)])
    def test_a_wave_keeps_its_crests(self, period: float, leeway: float) -> None:
        path = wave(10, 230, 100, 30, period)
        (found,) = centrelines(traced(lines(path)))
        assert distance_to(found, path).max() < leeway
        assert distance_to(path[4:-4], found).max() < leeway
        assert found[:, 1].min() == pytest.approx(70, abs=leeway)
        assert found[:, 1].max() == pytest.approx(130, abs=leeway)

    @pytest.mark.parametrize("scale", [(1.0, 1.0), (0.25, 0.25), (0.5, 0.5004), (2.0, 2.0)])
    def test_strokes_are_placed_on_the_page(self, scale: tuple[float, float]) -> None:
        line = lines(wave(10, 230, 100, 30, 90))
        at_one = traced(line)
        strokes = traced(line, scale=scale)
        np.testing.assert_allclose(strokes.points * np.float32(scale), at_one.points, rtol=1e-5)
        np.testing.assert_array_equal(strokes.width, at_one.width)

    def test_a_corner_of_the_map_is_a_corner_of_the_page(self) -> None:
        dot = np.zeros((20, 20), np.uint8)
        dot[:2, :2] = 255
        (found,) = paths_of(traced(dot, scale=(0.1, 0.1)))
        assert (found >= 0).all()
        assert (found <= 20).all()


class TestSmoothness:
    def test_jitter_of_a_pixel_goes(self) -> None:
        rng = np.random.default_rng(2)
        path = straight((20, 100), (220, 100))
        path[:, 1] += rng.uniform(-1.0, 1.0, len(path))
        (found,) = centrelines(traced(lines(path)))
        assert np.abs(np.diff(found[6:-6, 1], 2)).max() < 0.25

    def test_right_angles_stay(self) -> None:
        corners = np.array([(50, 40), (190, 40), (190, 160), (50, 160), (50, 40)], np.float64)
        found = centrelines(traced(lines(corners)))
        assert len(found) == 1
        for corner in corners[:3]:
            assert np.hypot(*(found[0] - corner).T).min() < 1.5

    def test_a_sharp_fold_stays_sharp(self) -> None:
        fold = np.array([(20, 150), (120, 40), (190, 150)], np.float64)
        found = np.concatenate(centrelines(traced(lines(fold))))
        assert np.hypot(*(found - fold[1]).T).min() < 2.5


class TestTidying:
    @pytest.mark.parametrize(("thickness", "stays"), [(3.0, True), (11.0, False)])
    def test_branches_that_are_short_for_how_wide_a_line_is_go(self, thickness: float, stays: bool) -> None:
        main = straight((20, 100), (220, 100))
        # From the line's middle to 12 px beside it: within a wide one, most of that is the line itself.
        branch = lines(straight((120, 100), (120, 112))) // 2  # the network is not sure of it
        assert len(traced(np.maximum(lines(main, thickness=thickness), branch))) == (2 if stays else 1)

    @pytest.mark.parametrize(("length", "sure"), [(2, True), (3, True), (4, False), (5, False), (6, False)])
    def test_spurs_go(self, length: int, sure: bool) -> None:
        main = straight((20, 100), (220, 100))
        spurs = lines(*[straight((x, 100), (x, 100 + length)) for x in (60, 110, 160)])
        (found,) = centrelines(traced(np.maximum(lines(main), spurs if sure else spurs // 2)))
        assert distance_to(found, main).max() < 1.2

    def test_what_the_network_is_sure_of_is_no_spur(self) -> None:
        """A pupil hangs from its lid by a few px."""
        lid, pupil = straight((20, 100), (60, 100)), straight((40, 100), (40, 107))
        across, down = sorted(traced(lines(lid, pupil)), key=lambda stroke: np.ptp(stroke.points[:, 1]))
        assert np.ptp(across.points[:, 0]) > 35
        assert down.free == (False, True)
        assert np.hypot(*(down.points[0] - [40.5, 100.5])) < 1.0
        assert np.hypot(*(down.points[-1] - [40.5, 107.5])) < 2.0

    def test_branches_stay(self) -> None:
        main = straight((20, 100), (220, 100))
        branch = straight((110, 100), (110, 112))
        found = centrelines(traced(lines(main, branch)))
        assert len(found) == 2
        assert max(path[:, 1].max() for path in found) > 110

    def test_a_tee_is_a_through_line_and_a_branch(self) -> None:
        found = centrelines(traced(lines(straight((20, 60), (220, 60)), straight((120, 60), (120, 180)))))
        across, down = sorted(found, key=lambda path: np.ptp(path[:, 1]))
        assert np.ptp(across[:, 0]) > 190
        assert np.ptp(down[:, 0]) < 2
        assert np.hypot(*(down[[0, -1]] - [120, 60]).T).min() < 2

    def test_crossing_lines_run_on(self) -> None:
        one, two = straight((50, 30), (190, 170)), straight((50, 170), (190, 30))
        found = centrelines(traced(lines(one, two)))
        assert len(found) == 2
        for path in found:
            assert min(distance_to(path, line).max() for line in (one, two)) < 1.5
            assert np.ptp(path[:, 0]) > 130

    def test_an_eye_stays_open(self) -> None:
        x = np.arange(20.0, 221.0)
        bulge = 25.0 * np.sin(np.pi * (x - 20) / 200)
        lids = [np.stack([x, 100 + sign * bulge], 1) for sign in (-1, 1)]
        found = np.concatenate(centrelines(traced(lines(*lids))))
        for lid in lids:
            assert distance_to(lid[8:-8], found).max() < 2.5

    @pytest.mark.parametrize("length", [0, 1, 2])
    def test_uncertain_specks_go(self, length: int) -> None:
        main = lines(straight((20, 20), (200, 20)))
        assert len(traced(main, lines(straight((100, 100), (100 + length, 100)), value=130))) == 1

    @pytest.mark.parametrize("length", [0, 1, 2, 8])
    def test_firm_dots_stay(self, length: int) -> None:
        main = lines(straight((20, 20), (200, 20)))
        found = centrelines(traced(main, lines(straight((100, 100), (100 + length, 100)))))
        assert len(found) == 2
        dot = min(found, key=len)
        assert len(dot) >= 2
        assert np.hypot(*(dot.mean(0) - [100 + length / 2, 100])) < 1.5

    def test_uncertain_long_lines_stay(self) -> None:
        assert len(traced(lines(straight((20, 100), (200, 100)), value=130))) == 1


class TestGaps:
    @staticmethod
    def broken(gap: float, shift: float = 0.0) -> list[Floats]:
        """A line with a gap between its round ends, in px of blank map, the right half shifted down."""
        left, right = 120 - gap / 2 - 1.5, 120 + gap / 2 + 1.5
        return [straight((20, 100), (left, 100)), straight((right, 100 + shift), (220, 100 + shift))]

    @pytest.mark.parametrize("gap", [1, 2, 3])
    def test_small_gaps_between_facing_ends_close(self, gap: float) -> None:
        (found,) = centrelines(traced(lines(*self.broken(gap))))
        assert np.ptp(found[:, 0]) > 190
        assert distance_to(found, straight((0, 100), (240, 100))).max() < 0.6

    @pytest.mark.parametrize("gap", [5, 7])
    def test_larger_ones_close_where_the_network_half_sees_a_line(self, gap: float) -> None:
        hint = lines(straight((20, 100), (220, 100)), value=60)
        assert len(traced(lines(*self.broken(gap)), hint)) == 1

    def test_larger_ones_stay_where_it_sees_none(self) -> None:
        assert len(traced(lines(*self.broken(8)))) == 2

    @pytest.mark.parametrize("gap", [14, 20, 40])
    def test_wide_gaps_stay(self, gap: float) -> None:
        hint = lines(straight((20, 100), (220, 100)), value=60)
        assert len(traced(lines(*self.broken(gap)), hint)) == 2

    def test_a_bent_line_closes_along_its_bend(self) -> None:
        whole = ring(120, 100, 60)
        (found,) = centrelines(traced(lines(whole[4:-3])))
        assert np.abs(np.hypot(*(found - [120, 100]).T) - 60).max() < 1.0
        assert np.hypot(*(found[0] - found[-1])) < 1.0

    @pytest.mark.parametrize("shift", [8, 10])
    def test_ends_beside_each_other_stay(self, shift: float) -> None:
        assert len(traced(lines(*self.broken(0, shift)))) == 2
        assert len(traced(lines(*self.broken(-8, shift)))) == 2

    def test_ends_at_right_angles_stay(self) -> None:
        across = straight((20, 100), (110, 100))
        down = straight((119, 104), (119, 180))
        assert len(traced(lines(across, down))) == 2

    def test_backs_turned_stay(self) -> None:
        # Hairpins whose bends come near each other: their ends are far away.
        left = np.array([(20, 60), (110, 100), (20, 140)], np.float64)
        right = np.array([(220, 60), (119, 100), (220, 140)], np.float64)
        found = centrelines(traced(lines(left, right)))
        assert not any(path[:, 0].min() < 112 and path[:, 0].max() > 117 for path in found)


class TestWidthsAndStrengths:
    def test_widths_are_relative_to_the_page_s_usual_one(self) -> None:
        long, short, faint = (straight((20, y), (x, y)) for x, y in ((220, 40), (160, 100), (180, 160)))
        line = lines(long, short, faint)
        sketch = np.maximum.reduce(
            [lines(long, thickness=4), lines(short, thickness=6), lines(faint, thickness=4, value=191)]
        )
        strokes = traced(line, darkness=sketch)
        one, two, three = np.split(strokes.width, strokes.starts[1:-1])
        np.testing.assert_allclose(one[20:-20], 1.0, atol=0.03)
        np.testing.assert_allclose(two[20:-20], 1.5, atol=0.1)
        np.testing.assert_allclose(three[20:-20], 0.75, atol=0.05)

    def test_no_line_is_far_wider_or_thinner_than_usual(self) -> None:
        usual, wide, thin = (straight((10, y), (x, y)) for x, y in ((230, 40), (150, 100), (150, 160)))
        sketch = np.maximum.reduce(
            [lines(usual, thickness=3), lines(wide, thickness=18), lines(thin, thickness=3, value=40)]
        )
        strokes = traced(lines(usual, wide, thin), darkness=sketch)
        _, two, three = np.split(strokes.width, strokes.starts[1:-1])
        assert 2.0 < two.min() <= two.max() < MOST_SWELL
        assert 1 / MOST_SWELL < three.min() <= three.max() < 0.5

    def test_a_short_branch_is_no_blob_on_the_line_that_it_springs_from(self) -> None:
        usual, thick, branch = straight((10, 160), (230, 160)), straight((20, 60), (200, 60)), 12
        twig = straight((110, 60), (110, 60 + branch))
        sketch = np.maximum(lines(usual, twig, thickness=3), lines(thick, thickness=8))
        strokes = traced(lines(usual, thick, twig), darkness=sketch)
        short = min(range(len(strokes)), key=lambda i: strokes.starts[i + 1] - strokes.starts[i])
        assert len(strokes) == 3
        assert strokes.width[strokes.owner() == short].max() < 1.4

    def test_where_no_stroke_is_drawn_lines_are_usual(self) -> None:
        line = lines(straight((20, 100), (220, 100)))
        strokes = traced(line, darkness=np.zeros_like(line))
        np.testing.assert_array_equal(strokes.width, 1.0)

    def test_faint_lines_do_not_tell_what_is_usual(self) -> None:
        firm = [straight((20, y), (140, y)) for y in (30, 60)]
        faint = [straight((20, y), (220, y)) for y in (120, 160)]
        sketch = np.maximum(lines(*firm, thickness=5, value=210), lines(*faint, thickness=2, value=40))
        strokes = traced(lines(*firm, *faint), darkness=sketch)
        drawn = np.repeat(strokes.strength > 0.5, np.diff(strokes.starts))
        assert float(np.median(strokes.width[drawn])) == pytest.approx(1.0, abs=0.02)
        assert float(np.median(strokes.width[~drawn])) < 0.6

    def test_what_is_usual_stays_open_until_a_width_is_known(self) -> None:
        line = lines(straight((20, 100), (220, 100)))
        strokes, levels = trace_strokes(line, np.full_like(line, 200), (1.0, 1.0))  # amidst solid black
        assert levels is not None
        assert levels.usual == 0.0
        np.testing.assert_array_equal(strokes.width, 1.0)
        sketch = lines(straight((20, 100), (220, 100)), thickness=5)
        strokes, levels = trace_strokes(line, sketch, (1.0, 1.0), levels)
        assert levels.usual == pytest.approx(5.0, abs=0.3)
        assert float(np.median(strokes.width)) == pytest.approx(1.0, abs=0.02)

    def test_widths_may_be_told_from_another_darkness(self) -> None:
        path = straight((20, 100), (220, 100))
        line, drawn = lines(path), lines(path, thickness=7)
        _, levels = trace_strokes(line, line, (1.0, 1.0), drawn=drawn)
        assert levels is not None
        assert levels.usual == pytest.approx(7.0, abs=0.3)

    def test_a_page_s_usual_width_is_kept(self) -> None:
        line = lines(straight((20, 100), (220, 100)))
        sketch = lines(straight((20, 100), (220, 100)), thickness=6)
        _, levels = trace_strokes(line, sketch, (1.0, 1.0))
        assert levels is not None
        assert levels.usual == pytest.approx(6.0, abs=0.3)
        strokes, again = trace_strokes(line, sketch, (1.0, 1.0), levels._replace(usual=4.0))
        assert again == levels._replace(usual=4.0)
        assert float(np.median(strokes.width)) == pytest.approx(1.5, abs=0.1)
        assert trace_strokes(line, sketch, (1.0, 1.0), levels._replace(usual=0.0))[1] == levels

    def test_faint_pencil_is_weaker_than_firm(self) -> None:
        firm, faint = straight((20, 60), (220, 60)), straight((20, 140), (220, 140))
        darkness = np.maximum(lines(firm, value=210), lines(faint, value=70))
        strengths = traced(lines(firm, faint), darkness=darkness).strength
        assert strengths[0] > 0.9
        assert strengths[1] == pytest.approx(strengths[0] / 3, rel=0.25)

    def test_an_uncertain_line_is_weaker_than_a_sure_one(self) -> None:
        sure, unsure = straight((20, 60), (220, 60)), straight((20, 140), (220, 140))
        line = np.maximum(lines(sure), lines(unsure, value=140))
        strengths = traced(line, darkness=lines(sure, unsure, value=200)).strength
        assert strengths[1] < 0.7 * strengths[0]


class TestAnyMap:
    @given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 24), st.integers(1, 24))), st.floats(0.1, 2.0))
    @settings(max_examples=120, deadline=None)
    def test_strokes_are_sound(self, line: Bytes, scale: float) -> None:
        strokes = traced(line, scale=(scale, scale))
        counts = np.diff(strokes.starts)
        assert strokes.starts[0] == 0
        assert strokes.starts[-1] == len(strokes.points) == len(strokes.width)
        assert len(counts) == len(strokes.strength)
        assert (counts >= 2).all()
        assert np.isfinite(strokes.points).all()
        assert ((strokes.width > 1 / MOST_SWELL) & (strokes.width < MOST_SWELL)).all()
        assert ((strokes.strength >= 0) & (strokes.strength <= 1)).all()
        height, width = line.shape
        # Smoothing outwards may step over the border by a fraction of a working pixel.
        assert (strokes.points > -1.0 / scale).all()
        assert (strokes.points < np.array([width + 1, height + 1]) / scale).all()

    @pytest.mark.parametrize("seed", range(8))
    def test_every_line_is_covered_by_a_stroke(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        paths = [rng.random((4, 2)) * [SIZE[1], SIZE[0]] for _ in range(3)]
        line = lines(*paths)
        strokes = traced(line)
        seen = np.argwhere(line > 250)[:, ::-1].astype(np.float64)[::7]
        best = np.full(len(seen), np.inf)
        for path in centrelines(strokes):
            best = np.minimum(best, distance_to(seen, path))
        # Lines that nearly meet at a sharp angle are merged as two passes of one.
        assert np.quantile(best, 0.9) < 3.0
        assert best.max() < 16.0

    def test_the_same_map_gives_the_same_strokes(self) -> None:
        # Stars of short branches: which of two equal ones goes first must not hang on memory addresses.
        rng = np.random.default_rng(1)
        stars = []
        for middle in rng.integers(30, 170, (12, 2)):
            for turn in np.arange(8) * np.pi / 4:
                reach = rng.integers(3, 8)
                stars.append(straight(middle, middle + reach * np.array([np.cos(turn), np.sin(turn)])))
        line = lines(*stars, *(rng.random((5, 2)) * 200 for _ in range(12)))
        first = traced(line)
        held = []
        for count in (7, 1000, 33, 50_000, 411):
            held.append([object() for _ in range(count)][::2])
            again = traced(line)
            np.testing.assert_array_equal(again.points, first.points)
            np.testing.assert_array_equal(again.starts, first.starts)
            np.testing.assert_array_equal(again.strength, first.strength)


class TestTracingAgain:
    LINES = (wave(20, 220, 40, 8, 60), ruled(8, (120, 90)), ring(120, 150, 30))
    MORE = straight((60, 185), (200, 190))

    @pytest.fixture
    def counted(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """The lengths of the lines that were faired so far."""
        counts = []
        fair = fairing.fair

        def counting(points: Floats, *args: object) -> Floats:
            counts.append(len(points))
            return fair(points, *args)  # type: ignore[arg-type]

        monkeypatch.setattr(fairing, "fair", counting)
        return counts

    @staticmethod
    def trace(line: Bytes, fairer: Fairer) -> tuple[Strokes, Levels | None]:
        return trace_strokes(line, line, (1.0, 1.0), fairer=fairer)

    def assert_same(self, line: Bytes, known: Fairer) -> Fairer:
        """With lines known or not the strokes are the same."""
        again, anew = Fairer(known.kept), Fairer()
        (one, levels), (two, others) = self.trace(line, again), self.trace(line, anew)
        assert levels == others
        for name in ("points", "width", "strength", "starts", "free"):
            np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
        assert again.kept.keys() == anew.kept.keys()
        for key, kept in anew.kept.items():
            np.testing.assert_array_equal(again.kept[key], kept)
        return again

    def test_lines_that_stay_are_not_faired_again(self, counted: list[int]) -> None:
        fairer = Fairer()
        self.trace(lines(*self.LINES), fairer)
        assert len(counted) == 3
        self.trace(lines(*self.LINES), Fairer(fairer.kept))
        assert len(counted) == 3
        self.trace(lines(*self.LINES, self.MORE), Fairer(fairer.kept))
        assert len(counted) == 4
        assert counted[-1] == pytest.approx(140, abs=8)

    def test_strokes_are_the_same_as_anew(self) -> None:
        fairer = Fairer()
        self.trace(lines(*self.LINES), fairer)
        crossing = straight((100, 20), (130, 190))
        for paths in (self.LINES, (*self.LINES, crossing), (*self.LINES, self.MORE), self.LINES[:2]):
            fairer = self.assert_same(lines(*paths), fairer)

    def test_what_is_seen_less_surely_is_faired_anew(self) -> None:
        fairer = Fairer()
        self.trace(lines(*self.LINES), fairer)
        paler = lines(*self.LINES)
        paler[:, 120:] = paler[:, 120:] * 0.6
        again = self.assert_same(paler, fairer)
        assert not again.kept.keys() & fairer.kept.keys()
