# SPDX-License-Identifier: GPL-3.0-or-later
"""A strip is a picture that can be shared: read exactly, refused in a sentence, measured as it looks."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from smart_lineart.inking import STYLES, BadStrip, Strip, strip_from_picture
from smart_lineart.inking.brushes.stamping import Stamp, strip_of
from smart_lineart.inking.brushes.strip_files import (
    HEIGHT,
    SIGNATURE,
    WIDTH,
    decode_strip,
    encode_strip,
    is_strip,
)
from smart_lineart.inking.brushes.strips import MOST_GROWTH, PRESSURES, USUAL
from smart_lineart.inking.brushes.styles import Style

HALF = round(USUAL * (PRESSURES - 1))
RAMP = np.asarray(np.indices((HEIGHT, WIDTH)).sum(0) % 256, np.uint8)


def png(pixels: np.ndarray, **options: object) -> bytes:
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG", **options)
    return data.getvalue()


def mark(power: float = 1.0, tone: int = 0, largest: float = 56.0) -> np.ndarray:
    """A hard mark that grows from left to right, uint8 (64, 256)."""
    across = np.abs(np.arange(HEIGHT) - 31.5)[:, None]
    half = largest / 2 * (np.arange(WIDTH) / (WIDTH - 1.0))[None, :] ** power
    return np.asarray(255 - (255 - tone) * np.clip(half - across + 0.5, 0, 1), np.uint8)


class TestFiles:
    @given(st.integers(0, 1 << 30))
    @settings(max_examples=20, deadline=None)
    def test_what_is_written_is_read(self, seed: int) -> None:
        pixels = np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH), np.uint8)
        np.testing.assert_array_equal(decode_strip(encode_strip(pixels)), pixels)
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(encode_strip(pixels)))), pixels)

    @pytest.mark.parametrize("pixels", [RAMP, mark(0.7), RAMP // 3 + mark() // 2])
    @pytest.mark.parametrize("optimize", [False, True])
    def test_other_programs_files_are_read(self, pixels: np.ndarray, optimize: bool) -> None:
        data = png(np.asarray(pixels, np.uint8), optimize=optimize)
        assert is_strip(data)
        np.testing.assert_array_equal(decode_strip(data), np.asarray(pixels, np.uint8))

    @pytest.mark.parametrize("kind", range(5))
    def test_every_filter_of_png_is_undone(self, kind: int) -> None:
        pixels = np.random.default_rng(kind).integers(0, 256, (HEIGHT, WIDTH)).astype(int)
        rows = bytearray()
        for y in range(HEIGHT):
            rows.append(kind)
            for x in range(WIDTH):
                left = pixels[y, x - 1] if x else 0
                up = pixels[y - 1, x] if y else 0
                corner = pixels[y - 1, x - 1] if x and y else 0
                guess = left + up - corner
                nearest = min((left, up, corner), key=lambda value, guess=guess: abs(guess - value))
                rows.append((pixels[y, x] - (0, left, up, (left + up) // 2, nearest)[kind]) % 256)
        np.testing.assert_array_equal(decode_strip(build(bytes(rows))), pixels)

    @pytest.mark.parametrize(
        ("data", "word"),
        [
            (b"", "not a PNG"),
            (b"GIF89a", "not a PNG"),
            (SIGNATURE, "damaged"),
            (png(np.zeros((32, 256), np.uint8)), "256 x 32"),
            (png(np.zeros((64, 256, 3), np.uint8)), "grey"),
            (png(np.zeros((64, 256), np.uint16)), "grey"),
            (encode_strip(mark())[:-30], "damaged"),
            (encode_strip(mark()).replace(b"IDAT", b"IDAX"), "damaged"),
            (b"\0" * (1 << 19), "too large"),
        ],
    )
    def test_what_is_no_strip_is_refused_in_a_sentence(self, data: bytes, word: str) -> None:
        with pytest.raises(BadStrip, match=word) as told:
            Strip.from_bytes(data, "my-brush.png")
        assert str(told.value).startswith("my-brush.png")
        assert str(told.value).endswith(".")

    def test_a_file_that_unpacks_to_gigabytes_is_not_unpacked(self) -> None:
        bomb = zlib.compress(bytes(200 << 20), 9)
        data = build(b"", packed=bomb)
        assert len(data) < 1 << 18
        with pytest.raises(BadStrip):  # no mark in it; what counts is that 16 kB of it were read
            Strip.from_bytes(data)

    def test_too_little_in_it_is_cut_short(self) -> None:
        with pytest.raises(BadStrip, match="cut short"):
            decode_strip(build(bytes(100)))

    @given(st.binary(max_size=200), st.integers(0, 700))
    @settings(max_examples=60, deadline=None)
    def test_damage_anywhere_gives_a_strip_or_a_sentence(self, noise: bytes, at: int) -> None:
        data = bytearray(encode_strip(mark(0.8)))
        data[at : at + len(noise)] = noise
        with contextlib.suppress(BadStrip):
            assert Strip.from_bytes(bytes(data)).medium.width[HALF] == pytest.approx(1.0, abs=0.1)


def build(rows: bytes, packed: bytes | None = None) -> bytes:
    """A strip's file from filtered rows, or from what they are packed to."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    body = zlib.compress(rows) if packed is None else packed
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


class TestMeasuring:
    @pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 1.5])
    def test_the_widths_are_those_of_the_mark(self, power: float) -> None:
        medium = Strip(mark(power)).medium
        assert medium.solid
        pressure = np.linspace(0, 1, len(medium.width))
        np.testing.assert_allclose(medium.width[32:], (pressure[32:] / USUAL) ** power, rtol=0.06, atol=0.06)

    def test_grey_ink_is_measured_as_grey(self) -> None:
        medium = Strip(mark(0.0, tone=102)).medium
        assert not medium.solid
        assert medium.core == pytest.approx(0.6, abs=0.01)
        assert medium.grain.across == 0
        assert medium.ink is not None
        assert np.abs(medium.ink[32:].astype(int) - 153).max() <= 2

    def test_a_soft_edge_is_as_wide_as_its_half_ink(self) -> None:
        across = np.abs(np.arange(HEIGHT) - 31.5)[:, None] / 28
        soft = np.repeat(255 - 255 * np.clip(1 - across, 0, 1), WIDTH, 1).astype(np.uint8)
        medium = Strip(soft).medium
        assert not medium.solid
        assert medium.width[HALF] == pytest.approx(1.0, abs=0.08)
        assert medium.outline[HALF] == pytest.approx(2.0, abs=0.35)

    @pytest.mark.parametrize("size", [1.2, 2.5])
    def test_grain_is_as_coarse_as_in_the_picture(self, size: float) -> None:
        stamp = Stamp(least_size=1.0, grain=size, depth=0.8, crumble=0.5, opacity_power=0.0)
        grain = strip_of(stamp).medium.grain
        assert not grain.directed
        assert grain.across == pytest.approx(size, rel=0.5)

    @pytest.mark.parametrize("hardness", [0.0, 0.3, 0.7])
    def test_a_soft_tip_is_no_grain(self, hardness: float) -> None:
        stamp = Stamp(hardness=hardness, least_size=0.3, least_opacity=0.3, spacing=0.02)
        assert strip_of(stamp).medium.grain.across == 0

    def test_pliant_nibs_swell_unless_they_fade(self) -> None:
        firm, fading = (strip_of(Stamp(size_power=1.6, least_opacity=least)) for least in (1.0, 0.0))
        assert firm.medium.swell > 0.4
        assert fading.medium.swell < 0.2
        assert strip_of(Stamp(size_power=0.7)).medium.swell == 0

    @pytest.mark.parametrize("name", STYLES)
    def test_bundled_brushes_take_all_the_pressure(self, name: str) -> None:
        asked = np.linspace(0.2, 1.0, 100, dtype=np.float32)
        given = STYLES[name].pressure(asked / USUAL)
        assert given == pytest.approx(asked, abs=0.02)

    def test_a_mark_that_explodes_under_pressure_takes_less_of_it(self) -> None:
        medium = Strip(mark(power=4.0)).medium
        style = Style("own", "Own", given=Strip(mark(power=4.0)))
        times = np.linspace(0.5, 2.0, 61).astype(np.float32)
        pressure = style.pressure(times)
        widths = medium.at(medium.width, pressure)
        assert medium.at(medium.width, np.float32([1.0]))[0] > 10
        assert (widths <= 1.05 * np.maximum(times, 1.0) ** MOST_GROWTH + 0.05).all()
        assert (widths >= 0.9 * np.minimum(times, 1.0) ** MOST_GROWTH - 0.05).all()
        assert widths[-1] > 2.5
        assert (np.diff(pressure) >= 0).all()
        assert style.pressure(np.float32([1.0]))[0] == pytest.approx(USUAL, abs=0.005)

    def test_hairs_are_streaks(self) -> None:
        assert STYLES["dry-brush"].medium.grain.directed
        assert not STYLES["pencil"].medium.grain.directed

    @pytest.mark.parametrize(
        "pixels",
        [
            np.full((HEIGHT, WIDTH), 255, np.uint8),
            np.full((HEIGHT, WIDTH), 128, np.uint8) // 128 * 250,
            np.where(np.arange(WIDTH)[None, :] > 200, mark(), 255).astype(np.uint8),
        ],
    )
    def test_a_strip_without_a_mark_is_refused(self, pixels: np.ndarray) -> None:
        with pytest.raises(BadStrip, match="mark"):
            Strip(pixels)

    @pytest.mark.parametrize("pixels", [np.zeros((64, 255), np.uint8), np.zeros((64, 256), np.float32)])
    def test_other_arrays_are_refused(self, pixels: np.ndarray) -> None:
        with pytest.raises(BadStrip, match="256 x 64"):
            Strip(pixels)

    @given(st.integers(0, 1 << 30))
    @settings(max_examples=25, deadline=None)
    def test_any_picture_of_the_right_size_can_be_drawn_with_or_is_refused(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        pixels = rng.integers(0, 256, (HEIGHT, WIDTH)) * (rng.random((HEIGHT, WIDTH)) < rng.random())
        try:
            medium = Strip(np.asarray(pixels, np.uint8)).medium
        except BadStrip:
            return
        assert np.isfinite(medium.width).all()
        assert np.isfinite(medium.outline).all()
        assert (medium.outline >= 0).all()


class TestPictures:
    @pytest.mark.parametrize("dark", [True, False])
    @pytest.mark.parametrize("turned", [False, True])
    def test_a_stroke_in_any_picture_becomes_a_strip(self, dark: bool, turned: bool) -> None:
        picture = Image.new("L", (900, 300), 250)
        ImageDraw.Draw(picture).polygon([(100, 160), (800, 120), (800, 200)], fill=20)
        pixels = np.asarray(picture)
        pixels = pixels[:, ::-1] if turned else pixels
        strip = strip_from_picture(np.ascontiguousarray(pixels if dark else 255 - pixels))
        assert strip.medium.width[-1] == pytest.approx(2.0, rel=0.1)
        assert strip.medium.width[round(0.19 * (PRESSURES - 1))] == pytest.approx(0.4, abs=0.1)

    @pytest.mark.parametrize("pixels", [np.full((300, 300), 200, np.uint8), np.zeros((4, 4), np.uint8)])
    def test_a_picture_without_a_stroke_is_refused(self, pixels: np.ndarray) -> None:
        with pytest.raises(BadStrip):
            strip_from_picture(pixels)


class TestBundled:
    def test_there_are_the_brushes_of_an_inkers_desk(self) -> None:
        assert {"technical", "g-pen", "brush", "pencil", "dry-brush", "charcoal", "marker"} <= set(STYLES)

    @pytest.mark.parametrize("name", list(STYLES))
    def test_each_is_what_its_script_draws(self, name: str) -> None:
        from scripts.draw_strips import STAMPS

        assert STYLES[name].strip == strip_of(STAMPS[name])

    def test_solid_pens_are_drawn_exactly_and_the_others_are_not(self) -> None:
        solid = {name for name, style in STYLES.items() if style.medium.solid}
        assert solid == {"pen", "technical", "g-pen", "brush"}
