# SPDX-License-Identifier: GPL-3.0-or-later
"""Ink put into layers and layers read, in a small Krita in memory."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from smart_lineart.inking import Merge, Rect
from smart_lineart.inking.renewing.merging import BENEATH, WRITE
from smart_lineart.krita_host.pixels import SRGB, PixelFormat
from tests.krita_host.fake_krita import Document, Node, Selection, alpha_of, painted, run

GREY16 = "GRAYA", "U16", "grey"
PAGE = Rect(0, 0, 400, 300)


@pytest.fixture
def raw(host: SimpleNamespace) -> Document:
    return host.krita.show(Document(40, 30))


def lineart_on(host, raw: Document, alpha: np.ndarray | None = None) -> Node:
    raw.add("sketch")
    node = raw.add("Lineart")
    raw.active = raw.root.nodes[0]
    if alpha is not None:
        painted(node, 2, 3, alpha, (9, 9, 9))
    return node


def renewed(host, raw: Document, node: Node, selection: Selection | None = None):
    return run(
        host.lineart.LineartLayer.renew(host.document.Document(raw), host.layer.Layer(node), selection)
    )


def ink(host, values: list[list[int]], at: tuple[int, int] = (2, 3), **options):
    coverage = np.array(values, np.uint8)
    return host.lineart.Ink(coverage, Rect(*at, coverage.shape[1], coverage.shape[0]), None, **options)


class TestNewLayers:
    def test_ink_lies_where_it_was_drawn(self, host, raw) -> None:
        sketch = raw.add("sketch")
        target = host.lineart.LineartLayer.new(host.document.Document(raw), "Ink")
        assert not target.in_document
        for _ in target.write(ink(host, [[0, 10, 0], [200, 0, 255]], (-1, 7))):
            pass
        np.testing.assert_array_equal(alpha_of(target.layer.raw, -1, 7, 3, 2), [[0, 10, 0], [200, 0, 255]])
        target.insert(host.layer.Layer(sketch))
        assert target.in_document
        assert [node.named for node in raw.root.nodes] == ["sketch", "Ink"]

    def test_it_goes_right_above_the_sketch(self, host, raw) -> None:
        sketch = raw.add("sketch")
        raw.add("colours")
        target = host.lineart.LineartLayer.new(host.document.Document(raw), "Ink")
        target.insert(host.layer.Layer(sketch))
        assert [node.named for node in raw.root.nodes] == ["sketch", "Ink", "colours"]

    def test_a_sketch_that_is_gone_cannot_be_built_upon(self, host, raw) -> None:
        sketch = raw.add("sketch")
        sketch.remove()
        target = host.lineart.LineartLayer.new(host.document.Document(raw), "Ink")
        with pytest.raises(LookupError):
            target.insert(host.layer.Layer(sketch))

    def test_strips_without_ink_are_not_written(self, host, raw, monkeypatch) -> None:
        monkeypatch.setattr(
            host.lineart,
            "strips",
            lambda rect: [Rect(rect.x, rect.y + n, rect.width, 1) for n in range(rect.height)],
        )
        target = host.lineart.LineartLayer.new(host.document.Document(raw), "Ink")
        written = list(target.write(ink(host, [[0, 0], [1, 0], [0, 0], [0, 7]])))
        assert len(written) == 2
        np.testing.assert_array_equal(
            alpha_of(target.layer.raw, 2, 3, 2, 4), [[0, 0], [1, 0], [0, 0], [0, 7]]
        )

    def test_ink_stays_inside_the_selection(self, host, raw) -> None:
        chosen = np.zeros((30, 40), np.uint8)
        chosen[3, 2:4] = 255, 128
        target = host.lineart.LineartLayer.new(host.document.Document(raw), "Ink", Selection(chosen))
        run(target.write(ink(host, [[200, 200, 200]])))
        np.testing.assert_array_equal(alpha_of(target.layer.raw, 2, 3, 3, 1), [[200, 100, 0]])


class TestRenewing:
    def test_a_plain_layer_is_converted_in_one_step_and_keeps_its_look(self, host, raw) -> None:
        node = lineart_on(host, raw, np.full((1, 1), 50, np.uint8))
        look = {"colorLabel": 3, "visible": False, "alphaLocked": True, "inheritAlpha": True, "locked": True}
        node.look.update(look)
        target = renewed(host, raw, node)
        assert host.krita.triggered == [host.lineart.CONVERT]
        assert target.layer.identity != node.identity
        assert [one.named for one in raw.root.nodes] == ["sketch", "Lineart"]
        assert target.layer.raw.look == look
        assert node.look["locked"], "the layer that undo brings back is as it was"

    @pytest.mark.parametrize("kind", ["mask", "style", "keyframes", "vector"])
    def test_what_conversion_would_flatten_is_copied_instead(self, host, raw, kind: str) -> None:
        node = lineart_on(host, raw, np.full((1, 1), 50, np.uint8))
        if kind == "mask":
            node.addChildNode(raw.createNode("mask", "transparencymask"), None)
        node.style = "<asl/>" if kind == "style" else ""
        if kind == "keyframes":
            node.keys, node.frames[7] = [0, 7], {(0, 0): bytes([1, 2, 3, 4])}
        node.kind = "vectorlayer" if kind == "vector" else "paintlayer"
        node.look["colorLabel"] = 5
        assert not host.lineart.renews_in_one_step(host.layer.Layer(node))
        copy = renewed(host, raw, node).layer.raw
        assert host.krita.triggered == []
        assert [one.named for one in raw.root.nodes] == ["sketch", "Lineart"]
        assert (len(copy.nodes), copy.style, copy.keys) == (len(node.nodes), node.style, node.keys)
        assert copy.frames == node.frames
        assert copy.look["colorLabel"] == 5

    def test_a_layer_the_artist_adds_meanwhile_is_not_the_copy(self, host, raw) -> None:
        node = lineart_on(host, raw, np.full((1, 1), 50, np.uint8))
        work = host.lineart.LineartLayer.renew(host.document.Document(raw), host.layer.Layer(node))
        host.krita.converts = False
        assert next(work) == host.lineart.CONVERT_MS
        raw.add("the artist's")
        raw.add("Lineart")  # of the same name, while the old one is there
        next(work)
        raw.root.nodes[-1].remove()
        host.krita.converts = True
        raw.active = node
        host.krita.convert()
        target = run(work)
        assert target.layer.name == "Lineart"
        assert alpha_of(target.layer.raw, 2, 3, 1, 1) == 50

    def test_what_krita_does_not_replace_is_told(self, host, raw) -> None:
        node = lineart_on(host, raw)
        node.look["locked"] = True
        host.krita.converts = False
        with pytest.raises(host.lineart.NotRenewed, match="finish what is under way"):
            run(host.lineart.LineartLayer.renew(host.document.Document(raw), host.layer.Layer(node)), 1100)
        assert node.look["locked"]
        node.remove()
        with pytest.raises(host.lineart.NotRenewed):
            renewed(host, raw, node)

    def test_a_document_closed_while_krita_converts_is_not_touched(self, host, raw, monkeypatch) -> None:
        node = lineart_on(host, raw, np.full((2, 2), 255, np.uint8))
        document, chosen = host.document.Document(raw), []
        monkeypatch.setattr(raw, "setActiveNode", lambda one: chosen.append((one.named, raw.closed)))
        told = Node.uniqueId

        def close(*_: object) -> None:
            raw.closed = True

        def identity(one: Node) -> object:
            assert not raw.closed, "Krita would end"
            return told(one)

        monkeypatch.setattr(host.application, "trigger", close)
        monkeypatch.setattr(Node, "uniqueId", identity)
        work = host.lineart.LineartLayer.renew(document, host.layer.Layer(node))
        next(work)
        with pytest.raises(LookupError):
            work.throw(LookupError("closed"))
        assert chosen == [("Lineart", False)]

    def test_the_artists_layer_is_never_written_to(self, host, raw) -> None:
        node = lineart_on(host, raw, np.full((1, 2), 50, np.uint8))
        target = renewed(host, raw, node)
        run(target.write(ink(host, [[255, 0]])))
        np.testing.assert_array_equal(alpha_of(node, 2, 3, 2, 1), [[50, 50]])
        np.testing.assert_array_equal(alpha_of(target.layer.raw, 2, 3, 2, 1), [[255, 0]])

    def test_a_merge_says_what_becomes_of_each_pixel(self, host, raw) -> None:
        node = lineart_on(host, raw, np.array([[50, 50, 100, 0]], np.uint8))
        target = renewed(host, raw, node)
        coverage = np.array([[255, 200, 255, 90]], np.uint8)
        merge = Merge(np.array([[0, WRITE, BENEATH, WRITE]], np.uint8), coverage, [])
        run(target.write(ink(host, coverage.tolist(), merge=merge)))
        np.testing.assert_array_equal(alpha_of(target.layer.raw, 2, 3, 4, 1), [[50, 200, 255, 90]])

    def test_only_what_changes_is_written_and_late_strokes_stay(self, host, raw, monkeypatch) -> None:
        monkeypatch.setattr(
            host.lineart,
            "strips",
            lambda rect: [Rect(rect.x, rect.y + n, rect.width, 1) for n in range(rect.height)],
        )
        node = lineart_on(host, raw, np.full((3, 2), 50, np.uint8))
        target = renewed(host, raw, node)
        painted(target.layer.raw, 2, 4, np.full((1, 1), 77, np.uint8))
        coverage = np.full((3, 2), 255, np.uint8)
        action = np.array([[0, 0], [WRITE, WRITE], [BENEATH, 0]], np.uint8)
        steps = list(target.write(ink(host, coverage.tolist(), merge=Merge(action, coverage, [])), once=True))
        assert len(steps) == 2
        np.testing.assert_array_equal(
            alpha_of(target.layer.raw, 2, 3, 2, 3), [[50, 50], [77, 255], [255, 50]]
        )

    def test_written_anew_it_takes_the_place_of_its_own_ink(self, host, raw) -> None:
        node = lineart_on(host, raw, np.full((1, 2), 50, np.uint8))
        target = renewed(host, raw, node)
        run(target.write(ink(host, [[255, 255]])))
        merge = Merge(np.zeros((1, 2), np.uint8), np.zeros((1, 2), np.uint8), [])
        run(target.write(ink(host, [[0, 0]], merge=merge)))
        np.testing.assert_array_equal(alpha_of(target.layer.raw, 2, 3, 2, 1), [[50, 50]])

    def test_reopened_it_goes_on_in_the_same_layer(self, host, raw) -> None:
        node = lineart_on(host, raw, np.full((1, 2), 50, np.uint8))
        target = host.lineart.LineartLayer.reopen(host.document.Document(raw), host.layer.Layer(node))
        run(target.write(ink(host, [[255, 255]])))
        assert target.layer.identity == node.identity
        assert host.krita.triggered == []
        np.testing.assert_array_equal(alpha_of(node, 2, 3, 2, 1), [[255, 255]])


class TestReading:
    def test_strokes_get_a_margin_in_squares(self, host, raw) -> None:
        node = raw.add("sketch")
        layer = host.layer.Layer(node)
        assert host.reading.sketch_area(layer, PAGE).width == 0
        alpha = np.zeros((30, 20), np.uint8)
        alpha[:, 3] = alpha[2] = 255
        alpha[0, 0] = alpha[-1, -1] = 255
        painted(node, 100, 10, alpha)
        assert host.reading.sketch_area(layer, PAGE) == Rect(0, -128, 256, 256)
        painted(node, 160, 10, np.full((1, 70), 255, np.uint8))
        assert host.reading.sketch_area(layer, PAGE) == Rect(0, -128, 384, 256)

    def test_a_layer_without_pixels_near_the_page_has_no_area(self, host, raw) -> None:
        """Nobody can see what lies farther off than the page's long side."""
        nowhere = Rect(0, 0, 0, 0)
        assert host.reading.sketch_area(host.layer.Layer(raw.add("empty")), PAGE) == nowhere
        for x, y in (
            (0, PAGE.height + PAGE.width),
            (2 * PAGE.width, 0),
            (0, -PAGE.width - 1),
            (-PAGE.width - 1, 0),
        ):
            far = raw.add("far")
            painted(far, x, y, np.full((1, 1), 255, np.uint8))
            assert host.reading.sketch_area(host.layer.Layer(far), PAGE) == nowhere, (x, y)

    @pytest.mark.parametrize("size", [(1, 40), (40, 1)])
    def test_a_line_one_px_thin_is_a_sketch(self, host, raw, size: tuple[int, int]) -> None:
        node = raw.add("line")
        painted(node, 50, 60, np.full(size, 255, np.uint8))
        assert host.reading.sketch_area(host.layer.Layer(node), PAGE) == Rect(50, 60, size[1], size[0])

    def test_an_area_is_made_of_squares_wherever_it_lies(self, host, raw) -> None:
        node = raw.add("sketch")
        alpha = np.zeros((30, 20), np.uint8)
        alpha[0, 0] = alpha[-1, -1] = 255
        painted(node, 300, 170, alpha)
        assert host.reading.sketch_area(host.layer.Layer(node), PAGE) == Rect(256, 128, 128, 128)

    @pytest.mark.parametrize("sides", ["top left", "top right", "bottom left", "bottom right"])
    @pytest.mark.parametrize("gaps", [0, 2])
    def test_paper_is_painted_along_more_than_half_of_its_edge(
        self, host, raw, sides: str, gaps: int
    ) -> None:
        """Of 100 px at the edge of 30 x 20 two sides have 52, corners counted twice."""
        node = raw.add("scan")
        alpha = np.zeros((20, 30), np.uint8)
        row = 0 if "top" in sides else 19
        alpha[row] = 255
        alpha[:, 0 if "left" in sides else 29] = 255
        alpha[row, 10 : 10 + gaps] = 0
        painted(node, 3, 4, alpha)
        area = host.reading.sketch_area(host.layer.Layer(node), PAGE)
        assert (area == Rect(3, 4, 30, 20)) is (gaps == 0)

    @pytest.mark.parametrize("size", [(1, 3), (3, 1)])
    def test_lineart_one_px_thin_is_read(self, host, raw, size: tuple[int, int]) -> None:
        node = raw.add("lineart")
        painted(node, 5, 6, np.full(size, 90, np.uint8))
        held = run(host.retouched.read_lineart(host.layer.Layer(node), [], PAGE))
        assert held.area == Rect(5, 6, size[1], size[0])
        assert (held.alpha == 90).all()
        assert held.touched.all(), "in no colour that was noted"

    def test_paper_is_read_as_it_lies(self, host, raw) -> None:
        node = raw.add("scan")
        painted(node, 3, 4, np.full((20, 30), 255, np.uint8))
        assert host.reading.sketch_area(host.layer.Layer(node), PAGE) == Rect(3, 4, 30, 20)

    @pytest.mark.parametrize("inset", [0, 1])
    def test_only_the_outermost_pixels_tell_paper(self, host, raw, inset: int) -> None:
        node = raw.add("scan")
        alpha = np.zeros((20, 30), np.uint8)
        alpha[inset : 20 - inset, inset : 30 - inset] = 255
        alpha[0, 0] = alpha[-1, -1] = 255
        painted(node, 3, 4, alpha)
        area = host.reading.sketch_area(host.layer.Layer(node), PAGE)
        assert (area == Rect(3, 4, 30, 20)) is (inset == 0)

    def test_an_area_four_times_as_large_is_kept_and_a_larger_one_is_not(self, host, raw) -> None:
        node = raw.add("sketch")
        alpha = np.zeros((36, 36), np.uint8)  # with its margin 100 x 100
        alpha[0, 0] = alpha[-1, -1] = 255
        painted(node, 132, 132, alpha)
        layer = host.layer.Layer(node)
        assert host.reading.sketch_area(layer, PAGE, Rect(50, 50, 200, 200)) == Rect(50, 50, 200, 200)
        assert host.reading.sketch_area(layer, PAGE, Rect(50, 50, 201, 200)) == Rect(0, 0, 256, 256)

    def test_what_fits_the_area_read_before_is_read_in_it_again(self, host, raw) -> None:
        node = raw.add("sketch")
        alpha = np.zeros((10, 20), np.uint8)
        alpha[0, 0] = alpha[-1, -1] = 255
        painted(node, 100, 60, alpha)
        layer = host.layer.Layer(node)
        before = Rect(50, 20, 120, 90)
        assert host.reading.sketch_area(layer, PAGE, before) == before
        assert host.reading.sketch_area(layer, PAGE, Rect(90, 20, 80, 90)) == Rect(0, 0, 256, 128)
        assert host.reading.sketch_area(layer, PAGE, Rect(-500, -500, 1000, 1000)) == Rect(0, 0, 256, 128), (
            "far too large"
        )

    def test_a_sketch_is_read_as_it_was_at_the_first_step(self, host, raw, monkeypatch) -> None:
        monkeypatch.setattr(
            host.reading,
            "strips",
            lambda rect: [Rect(rect.x, rect.y + n, rect.width, 1) for n in range(rect.height)],
        )
        node = raw.add("sketch")
        painted(node, 5, 6, np.array([[255, 0], [0, 100]], np.uint8), (10, 10, 10))
        work = host.reading.read_sketch(host.layer.Layer(node), Rect(4, 6, 3, 2))
        assert next(work) is None
        painted(node, 5, 6, np.full((2, 2), 255, np.uint8))
        steps = list(work)
        assert steps[:-1] == [None]
        np.testing.assert_array_equal(steps[-1].alpha, [[0, 255, 0], [0, 0, 100]])
        assert steps[-1].grey[0, 1] == 10
        assert steps[-1].paper == 255

    def test_masks_count_and_a_frame_is_read_at_its_time(self, host, raw) -> None:
        node = raw.add("sketch")
        painted(node, 0, 0, np.full((1, 1), 255, np.uint8))
        node.addChildNode(raw.createNode("mask", "transparencymask"), None)
        *_, sketch = host.reading.read_sketch(host.layer.Layer(node), Rect(0, 0, 2, 2))
        assert sketch.empty
        node.nodes.clear()
        node.keys, node.frames = [0, 4], {0: {}, 4: dict(node.frames[0])}
        alphas = []
        for time in (0, 4):
            *_, sketch = host.reading.read_sketch(host.layer.Layer(node), Rect(0, 0, 2, 2), time)
            alphas.append(int(sketch.alpha[0, 0]))
        assert alphas == [0, 255]

    def test_a_lineart_tells_its_alpha_and_foreign_colours(self, host, raw, monkeypatch) -> None:
        monkeypatch.setattr(
            host.retouched,
            "strips",
            lambda rect: [Rect(rect.x, rect.y + n, rect.width, 1) for n in range(rect.height)],
        )
        node = raw.add("Lineart")
        painted(node, 3, 4, np.array([[255, 255]], np.uint8), (0, 0, 0))
        painted(node, 3, 5, np.array([[255, 40]], np.uint8), (0, 0, 200))
        layer = host.layer.Layer(node)
        black = host.retouched.note_colour(np.array([0, 0, 0, 255], np.uint8), SRGB)
        found = run(host.retouched.read_lineart(layer, [black, {"space": "nonsense"}, None], PAGE))
        assert found.area == Rect(3, 4, 2, 2)
        np.testing.assert_array_equal(found.alpha, [[255, 255], [255, 40]])
        np.testing.assert_array_equal(found.touched, [[False, False], [True, True]])

    @pytest.mark.parametrize(("width", "height"), [(0, 0), (0, 4), (4, 0)])
    def test_an_empty_lineart_lies_nowhere(self, host, raw, width: int, height: int) -> None:
        node = raw.add("Lineart")
        node.bounds = lambda: SimpleNamespace(
            x=lambda: 7, y=lambda: 8, width=lambda: width, height=lambda: height
        )
        assert run(host.retouched.read_lineart(host.layer.Layer(node), [], PAGE)).area == Rect(0, 0, 0, 0)

    def test_a_line_one_pixel_high_is_read(self, host, raw) -> None:
        node = raw.add("Lineart")
        painted(node, 3, 4, np.array([[255, 0, 9]], np.uint8))
        found = run(host.retouched.read_lineart(host.layer.Layer(node), [], PAGE))
        assert found.area == Rect(3, 4, 3, 1)


class TestColours:
    def test_pixels_are_converted_on_a_bench_of_our_own(self, host, raw) -> None:
        grey = PixelFormat(*GREY16)
        data = np.array([[[65535, 65535], [0, 257]]], "<u2").tobytes()
        found = np.frombuffer(host.colour.convert(data, 2, 1, grey, SRGB), np.uint8).reshape(2, 4)
        np.testing.assert_array_equal(found, [[255, 255, 255, 255], [0, 0, 0, 1]])
        assert len(host.krita.open) == 2
        assert not host.krita.open[1].modified, "Krita asks nobody to save it"
        host.colour.convert(data, 2, 1, grey, SRGB)
        assert len(host.krita.open) == 2
        host.krita.open[1].closed = True  # by another plugin
        host.colour.convert(data, 2, 1, grey, SRGB)
        assert len(host.krita.open) == 3
        host.krita.open[2].modified = True
        host.colour.close_workbench()
        assert host.krita.open[2].closed
        host.colour.close_workbench()
        assert not raw.closed

    def test_the_same_space_needs_no_bench(self, host) -> None:
        assert host.colour.convert(b"1234", 1, 1, SRGB, SRGB) == b"1234"
        assert host.krita.open == []

    @pytest.mark.parametrize(
        ("form", "black"),
        [
            (("RGBA", "U8", ""), [0, 0, 0, 255]),
            (GREY16, [0, 65535]),
            (("RGBA", "F32", ""), [0, 0, 0, 1]),
            (("CMYKA", "F32", ""), [0, 0, 0, 100, 1]),
            (("LABA", "F32", ""), [0, 0, 0, 1]),
            (("CMYKA", "U8", ""), [0, 0, 0, 255, 255]),
        ],
    )
    def test_black_is_black_in_every_space(self, host, form, black) -> None:
        form = PixelFormat(*form)
        pixel = host.colour.as_pixel(None, form)
        assert pixel.dtype == form.dtype
        assert pixel.tolist() == black

    def test_cmyk_floats_go_to_a_hundred_and_alpha_to_one(self, host) -> None:
        values = np.array([0.25, 0.5, 0.0, 0.75, 0.5])
        found = host.colour._from_normalised(values, PixelFormat("CMYKA", "F32", ""))
        assert found.tolist() == [25, 50, 0, 75, 0.5]

    def test_lab_floats_have_ranges_of_their_own(self, host) -> None:
        values = np.array([0.5, 0.25, 1.0, 1.0])
        found = host.colour._from_normalised(values, PixelFormat("LABA", "F32", ""))
        assert found.tolist() == [50, -64, 127, 1]

    def test_a_colour_keeps_its_own_space_until_it_is_ink(self, host, raw) -> None:
        from tests.krita_host.fake_krita import ManagedColor

        colour = ManagedColor("RGBA", "U8", "mine")
        colour.setComponents([1.0, 0.5, 0.0, 0.25])
        assert host.colour.as_pixel(colour, SRGB).tolist() == [255, 128, 0, 255]
        host.krita.foreground = colour
        assert host.colour.foreground() is colour
        host.krita.front = None
        assert host.colour.foreground() is None

    @pytest.mark.parametrize(
        "note",
        [
            None,
            {},
            {"space": ["RGBA", "U8", ""]},
            {"space": ["RGBA", "U8", ""], "pixel": [1, 2, 3]},
            {"space": ["RGBA", "U8", ""], "pixel": [1, 2, 3, 999]},
            {"space": ["XX", "U8", ""], "pixel": [1, 2, 3, 4]},
        ],
    )
    def test_a_noted_colour_without_sense_is_none(self, host, note) -> None:
        assert host.retouched.noted_colour(note, SRGB) is None

    def test_a_noted_colour_comes_back_in_another_space(self, host) -> None:
        grey = PixelFormat(*GREY16)
        note = host.retouched.note_colour(np.array([65535, 65535], "<u2"), grey)
        assert host.retouched.noted_colour(note, SRGB).tolist() == [255, 255, 255, 255]
