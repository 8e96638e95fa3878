# SPDX-License-Identifier: GPL-3.0-or-later
"""Krita's settings, menus, windows and brushes as they are asked and told, in a small Krita in memory."""

from __future__ import annotations

from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest

from smart_lineart.inking import Rect
from tests.krita_host.fake_krita import U8, Document, Node, run


@pytest.fixture
def raw(host: SimpleNamespace) -> Document:
    return host.krita.show(Document(400, 300, ppi=144.0))


class TestApplication:
    def test_an_action_is_triggered_where_its_entry_is_greyed(self, host) -> None:
        action = host.krita.action("greyed")
        action.enabled = False
        host.application.trigger("greyed")
        assert host.krita.triggered == ["greyed"]
        assert not action.enabled

    def test_what_can_be_redone_is_told_from_the_entrys_length(self, host) -> None:
        redo = host.krita.action("edit_redo")
        host.krita.action("edit_undo").words = "Undo stroke"
        assert host.application.undo_text() == "Undo stroke"
        redo.words = "Redo: Brush stroke"
        host.application.can_redo()  # not known yet how it looks with nothing to redo
        redo.words = "Redo"
        assert not host.application.can_redo()
        redo.words = "Redo: Brush stroke"
        assert host.application.can_redo()
        redo.words = "Redo"
        assert not host.application.can_redo()

    def test_how_redo_looks_with_nothing_to_redo_is_learned_before_it_matters(self, host) -> None:
        redo = host.krita.action("edit_redo")
        redo.words = "Redo"
        host.application._bare_redo.clear()
        host.application.history()
        redo.words = "Redo: Brush stroke"
        assert host.application.can_redo()

    def test_open_and_active_documents_are_told(self, host, raw) -> None:
        other = host.document.Document(host.krita.show(Document()))
        first = host.document.Document(raw)
        assert host.application.active_document() == other
        assert (host.application.is_active(other), host.application.is_active(first)) == (True, False)
        assert host.application.is_open(first)
        raw.closed = True
        assert not host.application.is_open(first)
        assert host.application.is_open(other)
        host.krita.front = None
        assert host.application.active_document() is None
        assert not host.application.is_active(other)

    def test_settings_are_kept_where_there_is_room(self, host, monkeypatch, tmp_path) -> None:
        places = host.application.QStandardPaths
        monkeypatch.setattr(places, "writableLocation", lambda _place: str(tmp_path))
        host.application.write_setting("ink", "1")
        assert host.krita.kept == {("smart_lineart", "ink"): "1"}
        assert host.application.read_setting("ink") == "1"
        assert host.application.read_setting("other", "x") == "x"
        assert list(tmp_path.iterdir()) == []
        monkeypatch.setattr(places, "writableLocation", lambda _place: str(tmp_path / "nowhere"))
        host.application.write_setting("ink", "2")
        assert host.application.read_setting("ink") == "1"

    def test_as_much_room_is_asked_for_as_kritas_settings_may_take(self, host, monkeypatch) -> None:
        asked = []

        class File:
            def __enter__(self):
                return SimpleNamespace(write=lambda data: asked.append(len(data)))

            def __exit__(self, *_):
                return False

        monkeypatch.setattr(host.application, "TemporaryFile", lambda **_: File())
        host.application.write_setting("ink", "1")
        assert asked == [262_144]

    def test_krita_tells_its_version_and_where_the_artists_files_lie(self, host) -> None:
        host.krita.getAppDataLocation = lambda: "/home/artist/krita"
        host.krita.icon = lambda name: f"<{name}>"
        assert host.application.version() == "5.1.5"
        assert host.application.user_folder().as_posix() == "/home/artist/krita/smart_lineart"
        assert host.application.icon("undo") == "<undo>"

    def test_closing_is_heard(self, host) -> None:
        heard = []
        host.application.when_closing(lambda: heard.append("Krita"))
        host.krita.signals["applicationClosing"].emit()
        assert heard == ["Krita"]
        host.krita.notifies = False
        heard.clear()
        host.application.when_image_closed(lambda: heard.append("image"))
        for name in ("applicationClosing", "imageClosed", "viewClosed"):
            host.krita.signals[name].emit()
        host.krita.signals["imageClosed"].emit("its name")
        assert heard == ["Krita", "image", "image", "image"]


class TestView:
    def canvas(self, zoom: float, *, turned: float = 0.0, mirrored: bool = False, pixels: bool = False):
        canvas = SimpleNamespace(zoomLevel=lambda: zoom, rotation=lambda: turned, mirror=lambda: mirrored)
        if pixels:
            canvas.preferredCenter = lambda: None
        return canvas

    def test_the_part_in_the_window_is_told_from_scrolling_and_zoom(self, host, raw) -> None:
        document = host.document.Document(raw)
        host.krita.scrolled, host.krita.shown = (100, 50), (200, 80)
        host.krita.canvas = self.canvas(4.0)  # a scale of points: 144 ppi make it 2 px
        assert host.view.visible_area(document) == Rect(49, 24, 103, 43)
        host.krita.canvas = self.canvas(4.0, pixels=True)
        assert host.view.visible_area(document) == Rect(24, 11, 53, 23)

    def test_all_that_is_in_the_window_lies_in_the_part(self, host, raw) -> None:
        document = host.document.Document(raw)
        host.krita.canvas = self.canvas(0.74)
        for left in range(30, 60):
            host.krita.scrolled = (left, left)
            area = host.view.visible_area(document)
            zoom = 0.37
            assert area.x <= left / zoom - 0.01
            assert area.right >= (left + host.krita.shown[0]) / zoom

    def test_a_place_on_the_page_is_found_on_the_screen(self, host, raw) -> None:
        host.krita.scrolled = (100, 50)
        host.krita.canvas = self.canvas(2.0, pixels=True)
        place = host.view.canvas_place(host.document.Document(raw))
        assert place.on_screen(Rect(60, 40, 5, 7)) == (20, 30, 10, 14)

    @pytest.mark.parametrize("options", [{"turned": 10.0}, {"mirrored": True}])
    def test_a_turned_canvas_is_not_told(self, host, raw, options) -> None:
        host.krita.canvas = self.canvas(1.0, **options)
        assert host.view.visible_area(host.document.Document(raw)) is None

    def test_another_documents_view_is_not_told(self, host, raw) -> None:
        host.krita.canvas = self.canvas(1.0)
        assert host.view.canvas_place(host.document.Document(Document())) is None
        assert host.view.canvas_place(host.document.Document(raw)) is not None
        host.krita.canvas = self.canvas(0.0)
        assert host.view.canvas_place(host.document.Document(raw)) is None
        host.krita.canvas = None
        assert host.view.canvas_place(host.document.Document(raw)) is None

    def test_a_page_without_resolution_is_seen_pixel_by_pixel(self, host, raw) -> None:
        raw.ppi = 0.0
        host.krita.canvas = self.canvas(2.0)
        assert host.view.canvas_place(host.document.Document(raw)).zoom == 2.0

    def test_a_button_that_is_down_may_paint(self, host) -> None:
        assert not host.view.painting()
        host.krita.buttons = 1
        assert host.view.painting()


class TestRefreshing:
    def test_krita_composes_first_and_is_waited_for_a_second_at_most(self, host, raw) -> None:
        document = host.document.Document(raw)
        raw.busy = 3
        assert list(islice(host.refreshing.refresh_when_idle(document), 9)) == [10, 10, 10, 0]
        assert raw.refreshed == 1
        raw.busy = 10_000
        assert sum(islice(host.refreshing.refresh_when_idle(document), 999)) == 1000
        assert raw.refreshed == 2

    def test_it_shows_as_soon_as_krita_is_idle(self, host, raw) -> None:
        asked = []
        raw.tryBarrierLock = lambda: asked.append(1) or len(asked) >= 3
        run(host.refreshing.refresh_when_idle(host.document.Document(raw)))
        assert len(asked) == 3
        assert raw.refreshed == 1

    def test_a_stroke_is_not_cut_short_but_a_drag_paints_nothing(self, host, raw) -> None:
        document = host.document.Document(raw)
        host.krita.buttons = 1
        work = host.refreshing.refresh_when_idle(document)
        for _ in range(200):
            assert next(work) == 10
        assert raw.refreshed == 0
        host.krita.buttons = 0
        run(work)
        assert raw.refreshed == 1
        host.krita.buttons = 1
        run(host.refreshing.refresh_when_idle(document, dragging=True))
        assert raw.refreshed == 2

    def test_a_closed_document_is_left_alone(self, host, raw) -> None:
        document = host.document.Document(raw)
        assert host.living.gone(document) is None
        raw.closed = True
        with pytest.raises(host.living.Gone, match="was closed"):
            run(host.refreshing.refresh_when_idle(document), gate=lambda: host.living.gone(document))
        assert raw.refreshed == 0

    def test_it_is_asked_once_more_whether_a_document_is_open_that_events_closed(self, host, raw) -> None:
        document = host.document.Document(raw)
        raw.meanwhile = lambda: setattr(raw, "closed", True)
        with pytest.raises(host.living.Gone, match="was closed"):
            run(host.refreshing.refresh_when_idle(document), gate=lambda: host.living.gone(document))
        assert raw.refreshed == 1

    @pytest.mark.parametrize("closed", [False, True])
    def test_after_an_error_only_an_open_document_gets_back_what_it_had(self, host, raw, closed) -> None:
        document = host.document.Document(raw)
        with pytest.raises(ZeroDivisionError), host.living.afterwards(document, document.refresh):
            raw.closed = closed
            raise ZeroDivisionError
        assert raw.refreshed == (0 if closed else 1)


class TestBrushes:
    """A view whose brush paints a bar as high as `share` of its size, paler with less pressure."""

    @pytest.fixture
    def view(self, host, raw, monkeypatch) -> SimpleNamespace:
        preset = SimpleNamespace(
            name=lambda: "Ink", image=lambda: SimpleNamespace(text=lambda key: f"<{key}/>")
        )
        view = SimpleNamespace(
            share=0.5, size=33.0, above=0, document=lambda: raw, currentBrushPreset=lambda: preset
        )
        view.brushSize = lambda: view.size
        view.setBrushSize = lambda size: setattr(view, "size", size)

        def paint_line(node: Node, start, stop, least: float, most: float, source: str) -> None:
            assert (least, most, source) == (0.0, 1.0, "ForegroundColor")
            width = stop[0] + 1 - start[0]
            assert width == 256, "a column for each pressure"
            assert start[1] == stop[1] == 192
            pixels = np.zeros((384, width, 4), np.uint8)
            half = round(view.size * view.share / 2)
            top = start[1] - half - view.above
            pixels[top : top + 2 * half, :, 3] = np.arange(width)
            node.setPixelData(pixels[top : top + 2 * half].tobytes(), start[0], top, width, 2 * half)

        monkeypatch.setattr(Node, "paintLine", paint_line, raising=False)
        monkeypatch.setattr(host.krita, "activeWindow", lambda: SimpleNamespace(activeView=lambda: view))
        return view

    def test_a_preset_is_told_with_its_settings(self, host, view) -> None:
        assert host.brushes.current_preset() == host.brushes.Preset("Ink", "<preset/>")
        assert host.brushes.can_paint()
        view.document = lambda: None
        assert host.brushes.current_preset() is None
        assert host.brushes.paint_mark() is None

    @pytest.mark.parametrize(("share", "tall"), [(0.5, 56), (1.5, 56)])
    def test_a_mark_fills_the_strip_whatever_the_brush_makes_of_its_size(
        self, host, view, share, tall
    ) -> None:
        view.share = share
        mark = host.brushes.paint_mark()
        assert mark.shape == (64, 256)
        rows = np.flatnonzero(mark.min(1) < 100)
        assert abs(len(rows) - tall) <= 4
        assert abs(rows[0] + rows[-1] + 1 - 64) <= 2
        assert mark[32, 255] == 0
        assert mark[32, 0] == 255
        assert mark[32, 100] == 155
        assert view.size == 33.0, "the artist's own size"
        bench = host.krita.open[-1]
        assert bench.closed
        assert not bench.modified
        assert bench.form == (U8[0], U8[1], U8[2])
        assert bench.root.nodes == []

    def test_a_mark_beside_the_line_is_taken_from_its_own_middle(self, host, view) -> None:
        view.above = 40
        rows = np.flatnonzero(host.brushes.paint_mark().min(1) < 100)
        assert abs(rows[0] + rows[-1] + 1 - 64) <= 2

    def test_three_sizes_are_tried_and_no_more(self, host, view, monkeypatch) -> None:
        sizes, paint = [], Node.paintLine

        def counting(node: Node, *arguments) -> None:
            sizes.append(view.size)
            view.share = 0.6 if len(sizes) % 2 else 0.2  # it never fits
            paint(node, *arguments)

        monkeypatch.setattr(Node, "paintLine", counting)
        host.brushes.paint_mark()
        assert len(sizes) == 3
        assert sizes[0] == 56.0

    @pytest.mark.parametrize(
        ("rows", "top"), [((100, 156), 96), ((100, 164), 100), ((0, 20), 0), ((370, 384), 320)]
    )
    def test_a_mark_lies_in_the_middle_of_its_strip(self, host, rows: tuple[int, int], top: int) -> None:
        mark = np.full((384, 256), 255, np.uint8)
        mark[slice(*rows)] = 0
        strip = host.brushes.in_the_middle(mark)
        assert strip.shape == (64, 256)
        first, last = np.flatnonzero(strip.min(1) < 255)[[0, -1]]
        assert (first, last) == (rows[0] - top, rows[1] - 1 - top)

    def test_a_mark_higher_than_a_strip_is_kept_whole(self, host) -> None:
        mark = np.full((384, 256), 255, np.uint8)
        mark[100:164] = 0
        assert len(host.brushes.in_the_middle(mark)) == 64
        mark[164] = 0
        assert host.brushes.in_the_middle(mark) is mark
        mark[100:] = mark[:100] = 255 - 8  # too faint to count
        assert host.brushes.in_the_middle(mark) is mark

    def test_a_brush_that_leaves_no_mark_gives_a_blank_one(self, host, view) -> None:
        view.share = 0.0
        mark = host.brushes.paint_mark()
        assert mark.shape == (384, 256)
        assert (mark == 255).all()

    def test_the_artists_size_comes_back_after_an_error(self, host, view, monkeypatch) -> None:
        def fail(*_args):
            raise ZeroDivisionError

        monkeypatch.setattr(Node, "paintLine", fail)
        with pytest.raises(ZeroDivisionError):
            host.brushes.paint_mark()
        assert view.size == 33.0
        assert host.krita.open[-1].closed
