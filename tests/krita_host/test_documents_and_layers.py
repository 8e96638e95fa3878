# SPDX-License-Identifier: GPL-3.0-or-later
"""What a document and its layers are asked for, in a small Krita in memory."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from smart_lineart.inking import Rect
from tests.krita_host.fake_krita import Document, Selection, painted, run


@pytest.fixture
def raw(host: SimpleNamespace) -> Document:
    return host.krita.show(Document(40, 30))


def test_documents_are_the_same_where_krita_says_so(host, raw) -> None:
    assert host.document.Document(raw) == host.document.Document(raw)
    assert host.document.Document(raw) != host.document.Document(Document())
    assert host.document.Document(raw) != raw


def test_a_document_tells_its_page_and_name(host, raw) -> None:
    document = host.document.Document(raw)
    assert document.page == Rect(0, 0, 40, 30)
    assert document.ppi == 72.0
    assert document.form.model == "RGBA"
    assert document.name == "Drawing"
    raw.title = ""
    assert document.name == "drawing.kra"


def test_a_group_with_its_layers_is_one_step_to_undo(host, raw) -> None:
    document = host.document.Document(raw)
    below = host.layer.Layer(raw.add("below"))
    group = document.new_group("group", [document.new_layer(name) for name in ("a", "b", "c")])
    before = len(raw.steps)
    document.insert(group, below)
    assert (before, len(raw.steps)) == (1, 2)
    assert [one.name for one in document.layers()] == ["below", "group", "a", "b", "c"]


def test_a_layer_that_is_blended_so_already_takes_no_step_to_undo(host, raw) -> None:
    layer = host.document.Document(raw).new_layer("new")
    layer.blend("normal")
    layer.make_plain()
    assert raw.steps == []
    layer.blend("multiply")
    assert (layer.raw.blendingMode(), raw.steps) == ("multiply", ["Composition Mode Change"])


def test_layers_come_from_the_bottom_and_groups_before_what_lies_in_them(host, raw) -> None:
    group = raw.add("group", "grouplayer")
    inner = raw.createNode("inner", "grouplayer")
    group.addChildNode(inner, None)
    inner.addChildNode(raw.createNode("deepest", "paintlayer"), None)
    group.addChildNode(raw.createNode("above it", "paintlayer"), None)
    raw.add("top")
    document = host.document.Document(raw)
    assert [one.name for one in document.layers()] == ["group", "inner", "deepest", "above it", "top"]
    assert document.layer(group.identity).name == "group"
    assert document.layer("") is None
    assert document.layer("{nobody}") is None


def test_a_layer_without_identity_is_not_the_nameless_one(host, raw) -> None:
    raw.add("odd").identity = ""
    assert host.document.Document(raw).layer("") is None


def test_the_selected_layer_is_told_and_chosen(host, raw) -> None:
    document = host.document.Document(raw)
    assert document.active_layer() is None
    layer = host.layer.Layer(raw.add("sketch"))
    document.activate(layer)
    assert document.active_layer().identity == layer.identity


def test_idle_is_told_without_holding_the_image(host, raw) -> None:
    document = host.document.Document(raw)
    raw.busy = 2
    assert [document.idle for _ in range(3)] == [False, False, True]
    assert raw.busy == 0, "the lock was given back"
    document.refresh()
    assert raw.refreshed == 1


def test_an_empty_selection_is_none_and_another_is_a_copy(host, raw) -> None:
    document = host.document.Document(raw)
    assert document.selection() is None
    raw.chosen = Selection(np.zeros((30, 40), np.uint8))
    assert document.selection() is None
    raw.chosen.pixels[7, 3] = 1
    assert document.selection() is not None, "one pixel is one"
    raw.chosen.pixels[7, 3] = 0
    raw.chosen.pixels[5:9, 10:14] = 200
    taken = document.selection()
    raw.chosen.pixels[:] = 0
    over = run(host.document.selected_over(taken, Rect(9, 4, 6, 3)))
    assert over.shape == (3, 6)
    assert over.tolist()[0] == [0] * 6
    assert over.tolist()[2] == [0, 200, 200, 200, 200, 0]
    assert run(host.document.selected_over(None, Rect(0, 0, 3, 3))) is None


def test_what_is_selected_is_the_same_where_box_and_shape_are(host, raw) -> None:
    document, chosen = host.document.Document(raw), np.zeros((700, 40), np.uint8)
    assert document.selected is None
    assert not document.has_selection

    def selected(change=lambda _: None):
        pixels = chosen.copy()
        change(pixels)
        raw.chosen = Selection(pixels)
        assert document.has_selection
        return document.selected

    chosen[100:600, 10:30] = 255
    first = selected()
    assert first.box == Rect(10, 100, 20, 500)
    assert selected() == first
    assert selected(lambda pixels: pixels[300:306, 15:20].fill(0)) != first
    assert selected(lambda pixels: pixels[300:306, 15:20].fill(200)) != first
    assert selected(lambda pixels: pixels[600].__setitem__(slice(10, 30), 255)) != first
    assert selected(lambda pixels: pixels.__setitem__(Ellipsis, np.roll(pixels, 1, axis=1))) != first


def test_a_selection_is_read_in_short_steps_and_only_where_it_is(host, raw) -> None:
    chosen = np.zeros((900, 400), np.uint8)
    chosen[100:800, 350:360] = 255
    selection, read = Selection(chosen), []
    original = selection.pixelData
    selection.pixelData = lambda *box: read.append(box) or original(*box)
    work = host.document.selected_over(selection, Rect(0, 0, 400, 700))
    for step in range(1, 4):
        next(work)
        assert len(read) == step, "it gives way after each"
    with pytest.raises(StopIteration) as end:
        next(work)
    assert read == [(350, 100, 10, 256), (350, 356, 10, 256), (350, 612, 10, 88)]
    np.testing.assert_array_equal(end.value.value, chosen[:700])


def test_notes_are_kept_and_long_ones_cut(host, raw) -> None:
    document = host.document.Document(raw)
    assert document.note("ours") == ""
    assert document.data("ours") is None
    document.set_note("ours", "Title", "Grüße")
    assert document.note("ours") == "Grüße"
    assert document.data("ours", 3) == "Gr\u00fc".encode()[:3]
    assert document.data_keys() == ["ours"]
    raw.notes["ours"] = b"\xff\xfe" + b"x" * (host.document.LONGEST_NOTE + 5)
    assert len(document.note("ours")) == host.document.LONGEST_NOTE == 4_194_304
    assert host.document.MOST_DATA == 1 << 30
    document.remove_data("ours")
    assert document.data_keys() == []


def test_showing_a_frame_waits_for_it(host, raw, monkeypatch) -> None:
    document = host.document.Document(raw)
    asked = []
    monkeypatch.setattr(raw, "setCurrentTime", asked.append)  # Krita shows it later
    host.krita.buttons, raw.busy = 1, 2
    work = host.frames.show(document, 7)
    assert [next(work) for _ in range(3)] == [host.frames.TURN_MS] * 3
    host.krita.buttons = 0
    assert [next(work) for _ in range(2)] == [host.frames.TURN_MS] * 2
    assert asked == [], "neither while the artist paints nor while Krita composes"
    assert [next(work) for _ in range(host.frames.TURNS)] == [host.frames.TURN_MS] * host.frames.TURNS
    assert asked == [7]
    next(work)
    assert asked == [7, 7], "once more, as the artist may have gone to another one"
    raw.time = 7
    assert list(work) == []
    assert document.time == 7
    assert list(host.frames.show(document, 7)) == []
    assert asked == [7, 7]


def test_the_clip_is_told(host, raw) -> None:
    document = host.document.Document(raw)
    raw.range, raw.frames = (2, 30), 24
    assert document.clip == (2, 30)
    assert document.length == 24


class TestLayers:
    def test_a_layer_lies_where_it_is_painted(self, host, raw) -> None:
        node = raw.add("sketch")
        layer = host.layer.Layer(node)
        assert layer.bounds == Rect(0, 0, 0, 0)
        painted(node, -3, 5, np.full((2, 4), 200, np.uint8))
        assert layer.bounds == Rect(-3, 5, 4, 2)
        assert len(layer.own_pixels(Rect(-3, 5, 4, 2))) == 32
        assert layer.shown_pixels(Rect(-3, 5, 1, 1))[3] == 200

    def test_its_mask_counts_in_what_it_shows_only(self, host, raw) -> None:
        node = raw.add("sketch")
        painted(node, 0, 0, np.full((1, 1), 200, np.uint8))
        layer = host.layer.Layer(node)
        assert (layer.is_mask, layer.has_masks) == (False, False)
        node.addChildNode(raw.createNode("mask", "transparencymask"), None)
        assert layer.has_masks
        assert host.layer.Layer(node.nodes[0]).is_mask
        assert host.layer.Layer(node.nodes[0]).parent.identity == layer.identity
        assert layer.own_pixels(Rect(0, 0, 1, 1))[3] == 200
        assert layer.shown_pixels(Rect(0, 0, 1, 1))[3] == 0

    def test_a_layer_outside_a_document_has_no_parent(self, host, raw) -> None:
        document = host.document.Document(raw)
        layer = document.new_layer("new")
        assert layer.parent is None
        assert layer.kind == "paintlayer"
        raw.root.addChildNode(layer.raw, None)
        assert layer.parent is not None
        raw.root.kind = ""  # as Krita tells of a tree that is no document's
        assert layer.parent is None

    def test_a_copy_keeps_its_pixels_when_the_layer_changes(self, host, raw) -> None:
        node = raw.add("sketch")
        painted(node, 0, 0, np.full((1, 2), 9, np.uint8))
        copy = host.layer.Layer(node).copy()
        host.layer.Layer(node).write(bytes(8), Rect(0, 0, 2, 1))
        assert copy.bounds == Rect(0, 0, 2, 1)
        assert host.layer.Layer(node).bounds.width == 0

    def test_a_plain_layer_has_no_look_of_its_own(self, host, raw) -> None:
        node = raw.add("sketch")
        node.look.update(colorLabel=4, visible=False, locked=True)
        node.opaque, node.blending = 100, "multiply"
        layer = host.layer.Layer(node)
        assert not layer.visible
        layer.make_plain()
        assert (node.opaque, node.blending) == (255, "normal")
        assert (node.look["colorLabel"], node.look["visible"], node.look["locked"]) == (0, True, False)

    def test_styles_and_frames_are_told(self, host, raw) -> None:
        node = raw.add("sketch")
        layer = host.layer.Layer(node)
        assert (layer.has_style, layer.animated) == (False, False)
        node.style, node.keys = "<asl/>", [3]
        assert (layer.has_style, layer.animated) == (True, True)
        assert [layer.has_frame(time) for time in (2, 3)] == [False, True]
        layer.rename("other")
        assert layer.name == "other"


class TestFrames:
    @pytest.fixture
    def clip(self, host, raw: Document) -> SimpleNamespace:
        """A sketch with keyframes at 0, 4 and 10, of one, two and three pixels."""
        node = raw.add("sketch")
        node.keys = [0, 4, 10]
        node.frames = {time: {} for time in node.keys}
        for number, time in enumerate(node.keys):
            raw.time = time
            painted(node, 0, 0, np.full((1, number + 1), 255, np.uint8))
        raw.time, raw.frames, raw.range = 5, 10, (0, 8)
        node.look.update(visible=False)
        return SimpleNamespace(document=host.document.Document(raw), layer=host.layer.Layer(node), raw=raw)

    def ink(self, host, clip, times, old=None, selection=None, name="Lineart"):
        def ink_of(_layer, time):
            yield
            if time == 99:
                return None
            return host.lineart.Ink(np.full((1, 2), 10 + time, np.uint8), Rect(5, 5, 2, 1), None)

        work = host.frames.make_frames(clip.document, clip.layer, old, name, times, ink_of, selection)
        made = run(work)
        assert made.parent is None, "no part of the document yet"
        host.frames.put_frames(clip.document, clip.layer, old, made)
        return made

    def alphas(self, clip, layer) -> list[int]:
        data = [layer.pixels_at(Rect(5, 5, 1, 1), time) for time in (0, 4, 10)]
        return [pixel[3] for pixel in data]

    def test_the_last_keyframe_counts_wherever_the_clip_ends(self, host, clip) -> None:
        assert host.frames.key_times(clip.document, clip.layer) == [0, 4, 10]
        clip.raw.frames, clip.raw.range = 3, (0, 10)
        assert host.frames.key_times(clip.document, clip.layer) == [0, 4, 10]
        clip.raw.frames = 3
        clip.raw.range = (0, 9)
        assert host.frames.key_times(clip.document, clip.layer) == [0, 4]

    def test_the_frame_shown_is_the_last_one_that_began(self, host, clip) -> None:
        assert host.frames.shown_frame(clip.document, clip.layer) == 4
        clip.raw.time = 4
        assert host.frames.shown_frame(clip.document, clip.layer) == 4
        clip.layer.raw.keys = [4, 10]
        clip.raw.time = 2
        assert host.frames.shown_frame(clip.document, clip.layer) == 0
        clip.layer.raw.keys = []
        assert host.frames.shown_frame(clip.document, clip.layer) is None

    def test_a_frame_is_read_on_the_page_and_wherever_it_is_painted(self, host, clip) -> None:
        painted(clip.layer.raw, -6, 0, np.full((1, 2), 255, np.uint8))
        assert host.frames.frame_area(clip.document, clip.layer, 0) == Rect(-6, 0, 46, 30)

    def test_packed_ink_comes_back(self, host) -> None:
        ink = np.arange(60, dtype=np.uint8).reshape(5, 12)[:, ::2]
        packed = host.frames.FrameInk.pack(ink, Rect(3, 4, 6, 5))
        np.testing.assert_array_equal(packed.unpack(), ink)

    def test_a_new_lineart_has_the_sketchs_frames_and_none_of_its_strokes(self, host, clip) -> None:
        made = self.ink(host, clip, [4, 10])
        assert made.raw.keys == [0, 4, 10]
        assert self.alphas(clip, made) == [0, 14, 20]
        assert [made.pixels_at(Rect(0, 0, 1, 1), time)[3] for time in (0, 4, 10)] == [0, 0, 0]
        assert made.name == "Lineart"
        assert made.visible, "the sketch's look is not the lineart's"
        assert [node.named for node in clip.raw.root.nodes] == ["sketch", "Lineart"]
        assert clip.raw.time == 5, "the artist's frame is shown again"

    def test_frames_that_were_not_asked_for_stay_in_an_older_lineart(self, host, clip) -> None:
        old = self.ink(host, clip, [0, 4, 10])
        old.rename("Mine")
        clip.raw.times_shown.clear()
        made = self.ink(host, clip, [4], old)
        assert self.alphas(clip, made) == [10, 14, 20]
        assert [node.named for node in clip.raw.root.nodes] == ["sketch", "Mine"]
        assert made.identity != old.identity
        assert clip.raw.times_shown == [4, 5]

    def test_the_artists_frame_is_shown_again_after_an_error(self, host, clip) -> None:
        def ink_of(_layer, time):
            yield
            raise ZeroDivisionError

        work = host.frames.make_frames(clip.document, clip.layer, None, "x", [4], ink_of, None)
        with pytest.raises(ZeroDivisionError):
            run(work)
        assert clip.raw.time == 5
        assert len(clip.raw.root.nodes) == 1
