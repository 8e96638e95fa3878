# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines are told apart by what they were drawn with, whatever the paper, and by nothing else."""

from __future__ import annotations

import tracemalloc

import cv2
import numpy as np
import pytest

from smart_lineart.inking import ArraySketch, Calibration, Features
from smart_lineart.inking.hues import palette as palettes
from smart_lineart.inking.hues.lines import find_hues
from smart_lineart.inking.hues.palette import DARK, Hue, Palette, hue_name
from tests.inking.pictures import Bytes, Floats, line_map, straight, strokes_of, wave

SIZE = (320, 480)
BLACK, GRAPHITE, NAVY = (20, 20, 22), (90, 90, 95), (26, 42, 108)
RED, BLUE, PALE_BLUE = (205, 45, 55), (50, 90, 190), (164, 214, 238)
WHITE, YELLOWED, BLUISH = (255, 255, 255), (236, 219, 178), (196, 208, 232)
Colour = tuple[int, int, int]


def page(*lines: tuple[Floats, Colour], paper: Colour = WHITE, thickness: float = 4) -> Bytes:
    """Lines of colours on paper, uint8 (H, W, 3); where they cross, both take light away."""
    out = np.ones((*SIZE, 3))
    for path, colour in lines:
        cover = line_map(SIZE, path, thickness=thickness)[..., None] / 255
        out *= 1 - cover * (1 - np.array(colour) / 255)
    return np.asarray(np.rint(out * paper), np.uint8)


def scanned(picture: Bytes, quality: int = 70) -> Bytes:
    """As a scanner with a soft eye and a JPEG with chroma of half the resolution leave it."""
    noise = np.random.default_rng(3).normal(0, 2.5, picture.shape)
    soft = np.clip(cv2.GaussianBlur(picture, (0, 0), 1.0) + noise, 0, 255).astype(np.uint8)
    _, code = cv2.imencode(".jpg", soft[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR)[..., ::-1], np.uint8)


def features_of(*paths: Floats, inverted: bool = False, solid: Bytes | None = None) -> Features:
    """Lines found on a page at its own scale."""
    seen = Calibration(None, 1.0, inverted, 0.3, 0.8, 0.05, 20000.0, 3.0)
    return Features(SIZE, 1.0, inverted, strokes_of(*paths), solid, seen)


ROWS = [wave(30, 450, y, 6, 160) for y in (40, 80, 120, 160, 200, 240, 280)]


def names_along(picture: Bytes, paths: list[Floats], known: Palette | None = None) -> list[dict[str, float]]:
    """Of each line the share of its vertices by the name of their hue."""
    features = features_of(*paths)
    hues = find_hues(ArraySketch(picture), features, known)
    names = np.array(hues.palette.names)[hues.strokes]
    return [
        {str(name): float((part == name).mean()) for name in np.unique(part)}
        for part in np.split(names, features.strokes.starts[1:-1])
    ]


@pytest.mark.parametrize("paper", [WHITE, YELLOWED, BLUISH])
@pytest.mark.parametrize("blue", [BLUE, PALE_BLUE, NAVY])
@pytest.mark.parametrize("scan", [False, True])
def test_lines_are_called_by_their_pencils_on_any_paper(paper: Colour, blue: Colour, scan: bool) -> None:
    colours = [BLACK, RED, blue, GRAPHITE, RED, blue, BLACK]
    picture = page(*zip(ROWS, colours, strict=True), paper=paper)
    wanted = {BLACK: DARK, GRAPHITE: DARK, RED: "red", blue: "blue"}
    found = names_along(scanned(picture) if scan else picture, ROWS)
    assert found == [{wanted[colour]: 1.0} for colour in colours]


INK_BLUE, BUFF, OLD = (30, 40, 110), (244, 222, 170), (240, 212, 150)


@pytest.mark.parametrize("paper", [BUFF, OLD])
@pytest.mark.parametrize("thickness", [2, 3])
@pytest.mark.parametrize("quality", [55, 75])
def test_a_jpeg_of_yellow_paper_makes_no_black_of_blue_and_no_brown_of_black(
    paper: Colour, thickness: float, quality: int
) -> None:
    """Its colours are coarser than its light: thin lines keep some of the paper's."""
    colours = [BLACK, GRAPHITE, INK_BLUE, BLACK, INK_BLUE, GRAPHITE, BLACK]
    picture = scanned(page(*zip(ROWS, colours, strict=True), paper=paper, thickness=thickness), quality)
    wanted = ["blue" if colour == INK_BLUE else DARK for colour in colours]
    assert names_along(picture, ROWS) == [{name: 1.0} for name in wanted]


def test_a_palette_of_blurred_colours_stays_what_it_is() -> None:
    picture = scanned(
        page(*zip(ROWS, [BLACK, INK_BLUE] * 3, strict=False), paper=BUFF, thickness=2), quality=55
    )
    first = find_hues(ArraySketch(picture), features_of(*ROWS[:6]))
    kept = Palette.from_dict(first.palette.to_dict())
    assert kept == first.palette
    assert kept.seen_widely
    again = find_hues(ArraySketch(picture), features_of(*ROWS[:6]), kept)
    assert np.array_equal(again.strokes, first.strokes)
    more = page(
        *zip([*ROWS[:6], straight((60, 300), (400, 310))], [BLACK, INK_BLUE] * 3 + [RED], strict=True),
        paper=BUFF,
        thickness=2,
    )
    edited = find_hues(ArraySketch(scanned(more, quality=55)), features_of(*ROWS[:6]), kept)
    assert np.array_equal(edited.strokes, first.strokes), "an edit is felt near it only"
    # With a sketch whose colours are sharp, lines are told by themselves alone.
    assert not kept.extended(Palette((Hue("red", ((1.0, 0.0),), RED),))).seen_widely


def test_sharp_colours_are_seen_closely() -> None:
    picture = page(*zip(ROWS, [BLACK, INK_BLUE, RED] * 2, strict=False), thickness=2)
    assert not find_hues(ArraySketch(picture), features_of(*ROWS[:6])).palette.seen_widely


def test_a_line_that_ends_among_others_keeps_its_hue_to_its_end() -> None:
    """What lies at the end of it is theirs."""
    bars = [straight((x, 40), (x, 280)) for x in (100, 110, 120)]
    ends = [straight((60, y), (124, y + 3)) for y in (70, 120, 170, 220)]
    picture = page(*((bar, BLACK) for bar in bars), *((one, RED) for one in ends), thickness=10)
    assert names_along(picture, [*bars, *ends]) == [{DARK: 1.0}] * 3 + [{"red": 1.0}] * 4


@pytest.mark.parametrize("colour", [BLACK, GRAPHITE, RED, PALE_BLUE, NAVY, (120, 80, 40)])
def test_where_all_is_of_one_pencil_nothing_is_told_apart(colour: Colour) -> None:
    features = features_of(*ROWS)
    picture = scanned(page(*((row, colour) for row in ROWS), paper=YELLOWED))
    hues = find_hues(ArraySketch(picture), features)
    assert len(hues.palette.hues) == 1
    assert hues.parts(features, hues.palette.names) is features


def test_a_page_of_one_coloured_dot_has_one_hue(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is shorter than a px, and was taken for too little of its own hue, again and again."""
    calls = []
    without = Palette.without

    def counted(palette: Palette, hue: Hue) -> Palette:
        calls.append(hue)
        assert len(calls) < 9, "it goes on without end"
        return without(palette, hue)

    monkeypatch.setattr(Palette, "without", counted)
    for long in (0.1, 0.5, 0.9):
        dot = np.array([(49.0, 63.7), (49.0 + long, 63.7)])
        picture = page((dot, RED), thickness=3)
        assert len(find_hues(ArraySketch(picture), features_of(dot)).palette.hues) == 1


def test_a_grey_sketch_has_one_hue() -> None:
    grey = page(*((row, BLACK) for row in ROWS))[..., 0]
    assert len(find_hues(ArraySketch(grey), features_of(*ROWS)).palette.hues) == 1


def test_a_line_keeps_its_hue_where_others_cross_it() -> None:
    across = [straight((x, 20), (x, 300)) for x in (100, 180, 260, 340)]
    lines = [*((row, BLACK) for row in ROWS), *((one, RED) for one in across[:2])]
    lines += [(one, PALE_BLUE) for one in across[2:]]
    found = names_along(scanned(page(*lines)), [path for path, _ in lines])
    assert found == [{DARK: 1.0}] * len(ROWS) + [{"red": 1.0}] * 2 + [{"blue": 1.0}] * 2


@pytest.mark.parametrize("flat", [(250, 200, 200), (170, 205, 245), (250, 220, 190), (250, 225, 90)])
def test_a_flat_colour_beneath_makes_no_other_line_of_a_black_one(flat: Colour) -> None:
    painted = np.full((*SIZE, 3), 255.0)
    painted[:, 130:350] = flat
    for row, colour in zip(ROWS, [BLACK, RED, BLACK, BLUE, BLACK, RED, BLACK], strict=True):
        cover = line_map(SIZE, row, thickness=4)[..., None] / 255
        painted += cover * (np.array(colour) - painted)
    found = names_along(np.rint(painted).astype(np.uint8), ROWS)
    assert found[::2] == [{DARK: 1.0}] * 4
    assert found[3] == {"blue": 1.0}


def test_a_line_parts_where_another_pencil_goes_on() -> None:
    one, two = straight((30, 100), (240, 100)), straight((240, 100), (450, 100))
    others = [(ROWS[3], BLACK), (ROWS[4], RED)]
    features = features_of(np.concatenate([one, two[1:]]), ROWS[3], ROWS[4])
    hues = find_hues(ArraySketch(page((one, BLACK), (two, RED), *others)), features)
    dark, red = (hues.parts(features, [name]).strokes for name in (DARK, "red"))
    assert len(dark) == len(red) == 2
    cut = dark.points[dark.starts[1] - 1]
    assert np.abs(cut - (240, 100)).max() <= 6
    assert (red.points[0] == cut).all()  # ink goes on through the vertex that both have
    assert dark.free.tolist()[0] == [True, False]
    assert red.free.tolist()[0] == [False, True]
    assert len(dark.points) + len(red.points) == len(features.strokes.points) + 1
    both = hues.parts(features, [DARK, "red"])
    assert both is features


def test_pencils_once_known_stay_what_they_are_and_hues_far_from_an_edit_too() -> None:
    lines = [(ROWS[0], BLACK), (ROWS[1], RED), (ROWS[2], BLUE), (ROWS[3], BLACK)]
    before = page(*lines)
    first = find_hues(ArraySketch(before), features_of(*(path for path, _ in lines)))
    edited = page(*lines, (ROWS[5], (30, 160, 60)), (ROWS[6], (225, 130, 40)))
    again = find_hues(
        ArraySketch(edited), features_of(*(path for path, _ in lines), *ROWS[5:]), first.palette
    )
    assert again.palette == first.palette
    many = len(first.strokes)
    assert np.array_equal(again.strokes[:many], first.strokes)


def test_chalk_on_a_dark_board_is_called_by_its_own_colour() -> None:
    chalk = [(235, 235, 230), (240, 120, 120), (120, 170, 245), (235, 235, 230)]
    out = np.full((*SIZE, 3), 30.0)
    for path, colour in zip(ROWS, chalk, strict=False):
        cover = line_map(SIZE, path, thickness=4)[..., None] / 255
        out += cover * (np.array(colour) - out)
    features = features_of(*ROWS[:4], inverted=True)
    hues = find_hues(ArraySketch(np.rint(out).astype(np.uint8)), features)
    starts = features.strokes.starts[:-1]
    assert [hues.palette.names[hues.strokes[at + 50]] for at in starts] == [DARK, "red", "blue", DARK]


def test_solid_areas_go_with_the_pencil_that_filled_them() -> None:
    picture = page(*zip(ROWS[:4], [BLACK, RED, BLACK, RED], strict=True))
    solid = np.zeros(SIZE, np.uint8)
    for left, colour in ((60, BLACK), (260, RED)):
        picture[230:300, left : left + 90] = colour
        solid[230:300, left : left + 90] = 255
    features = features_of(*ROWS[:4], solid=solid)
    hues = find_hues(ArraySketch(picture), features)
    dark, red = (hues.parts(features, [name]).solid for name in (DARK, "red"))
    assert dark is not None
    assert red is not None
    assert dark[265, 100] == 255
    assert not dark[:, 255:].any()
    assert red[265, 300] == 255
    assert not red[:, :160].any()
    assert np.array_equal(np.maximum(dark, red), solid)


def test_a_palette_is_kept_as_plain_values() -> None:
    palette = find_hues(
        ArraySketch(page(*zip(ROWS, [BLACK, RED, BLUE] * 2, strict=False))), features_of(*ROWS[:6])
    ).palette
    assert palette.names[0] == DARK
    assert Palette.from_dict(palette.to_dict()) == palette


@pytest.mark.parametrize(
    "values",
    [
        None,
        [],
        [{}],
        "dark",
        [{"name": "mauve", "centres": [[0, 0]], "colour": [0, 0, 0]}],
        [{"name": "red", "centres": [], "colour": [0, 0, 0]}],
        [{"name": "red", "centres": [[0, float("nan")]], "colour": [0, 0, 0]}],
        [{"name": "red", "centres": [[0, 0]], "colour": [0, 0, 256]}],
        [{"name": "red", "centres": [[0, 0]], "colour": [0, 0, 0], "wide": [[0, 3]]}],
        [{"name": "red", "centres": [[0, 0]], "colour": [0, 0, 0], "wide": None}],
        [{"name": "red", "centres": [[0, 0]], "colour": None}],
        [{"name": "red", "centres": [[0, 0]], "colour": [0, 0, 0]}] * 2,
        [{"name": "red", "centres": [[0, 0]], "colour": [0, 0, 0]}] * 7,
    ],
)
def test_what_is_no_palette_is_none(values: object) -> None:
    assert Palette.from_dict(values) is None


def test_no_more_than_six_hues_are_told_apart() -> None:
    colours = [(20, 20, 20), (210, 40, 40), (40, 80, 200), (30, 160, 60), (235, 200, 40), (150, 60, 190)]
    rows = [wave(30, 450, y, 4, 160) for y in range(20, 300, 36)]
    colours += [(235, 90, 180), (240, 130, 30)]
    found = find_hues(
        ArraySketch(page(*zip(rows, colours, strict=True), thickness=5)), features_of(*rows)
    ).palette
    assert len(found.hues) == 6
    assert found.names[0] == DARK


def test_of_many_peaks_the_highest_are_kept_and_memory_is_of_one() -> None:
    """A page of confetti: hundreds of places in the plane, each of some lines."""
    at = np.stack(np.meshgrid(*[np.arange(-0.95, 1, 0.16)] * 2), axis=-1).reshape(-1, 2)
    plane = np.repeat(at, 400, axis=0).astype(np.float32)
    weight = np.repeat(np.arange(len(at), 0, -1), 400).astype(np.float32)
    peaks = palettes._peaks(palettes._gathered(plane, weight))
    assert len(at) > 2 * len(peaks)
    assert len(peaks) == palettes.MOST_PEAKS
    tracemalloc.start()
    nearest = palettes._nearest(plane, peaks)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 8 * plane.nbytes
    whole = np.argmin([((plane - peak) ** 2).sum(axis=1) for peak in peaks], axis=0)
    assert np.array_equal(nearest, whole)


def test_a_page_without_lines_has_one_hue() -> None:
    blank = Features(SIZE, 1.0, False, strokes_of(), None)
    hues = find_hues(ArraySketch(page()), blank)
    assert hues.parts(blank, [DARK]) is blank


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ((255, 0, 0), "red"),
        ((255, 140, 0), "orange"),
        ((255, 240, 0), "yellow"),
        ((0, 160, 60), "green"),
        ((0, 220, 220), "cyan"),
        ((0, 80, 255), "blue"),
        ((150, 0, 255), "purple"),
        ((255, 0, 160), "pink"),
    ],
)
def test_hues_have_the_names_that_artists_use(colour: Colour, name: str) -> None:
    from smart_lineart.inking.hues.colour import hue_plane

    taken = 1 - np.array([colour], np.float32) / 255
    assert hue_name(hue_plane(taken, inverted=False)[0], 0.5) == name


def test_the_colour_of_a_hue_is_the_sketchs_own() -> None:
    hues = find_hues(
        ArraySketch(page(*zip(ROWS, [BLACK, RED, BLUE] * 2, strict=False), paper=YELLOWED)),
        features_of(*ROWS[:6]),
    ).palette.hues
    colours = {hue.name: np.array(hue.colour) for hue in hues}
    assert np.abs(colours["red"] - RED).max() <= 24
    assert np.abs(colours["blue"] - BLUE).max() <= 24
    assert isinstance(hues[0], Hue)
