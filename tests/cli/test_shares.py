# SPDX-License-Identifier: GPL-3.0-or-later
"""How the memory limit is shared: the page's luma, this process, and the one that decodes."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from smart_lineart.cli import batch, ink, styles
from smart_lineart.cli.arguments import Colour, Thickness
from smart_lineart.cli.decoding.decoder import Decoder
from smart_lineart.cli.errors import FileError, Interrupted
from smart_lineart.cli.files.page import Page, read_page
from smart_lineart.cli.interrupt import Worker
from smart_lineart.inking import STYLES


def test_what_the_limit_leaves_is_for_the_decoder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ink, "memory_now", lambda: 200 << 20)
    spool = ink._spool(1 << 30, tmp_path)
    assert (spool.in_memory, spool.folder) == (128 << 20, tmp_path)
    assert spool.most_at_once == (1024 - 200 - 128 - 24) << 20


@pytest.mark.parametrize(("held", "released"), [(200, 0), (230, 1)])
def test_what_earlier_pages_left_is_given_back(
    monkeypatch: pytest.MonkeyPatch, held: int, released: int
) -> None:
    told = []
    monkeypatch.setattr(ink, "give_back", lambda: told.append("heap"))
    monkeypatch.setattr(ink, "memory_now", lambda: held << 20)
    ink._make_room(SimpleNamespace(release_memory=lambda: told.append("network")), 300 << 20)
    assert told.count("network") == released
    assert told[-1] == "heap"


def test_a_decoder_gets_96_megabytes_at_the_least(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ink, "memory_now", lambda: 200 << 20)
    assert ink._spool(256 << 20, tmp_path).most_at_once == 96 << 20


@pytest.mark.parametrize(
    ("limit", "size", "last", "stays"),
    [
        (512 << 20, (3000, 3000), False, True),
        (512 << 20, (3000, 3000), True, False),
        ((512 << 20) - 1, (30, 30), False, False),
        (4 << 30, (3001, 3000), False, False),
    ],
)
def test_the_decoder_stays_beside_a_small_page_where_there_is_room_for_both(limit, size, last, stays) -> None:
    class Reader:
        """A decoder that has read a page of that size."""

        closed = False

        def read(self, *_: object) -> Any:
            return type("Read", (), {"sketch": type("Sketch", (), {"size": size})})

        def close(self) -> None:
            self.closed = True

    reader = Reader()
    desk = batch._Desk(None, None, limit, None, reader, lambda: False)  # type: ignore[arg-type]
    desk._read(Path("a.png"), last=last, spool=None)  # type: ignore[arg-type]
    assert reader.closed is not stays


def test_a_batch_of_small_pages_is_read_by_one_decoder(sketch: Path, fake_inker, run, monkeypatch) -> None:
    """It ends with the last page, before that is inked."""
    second = sketch.with_name("second.png")
    second.write_bytes(sketch.read_bytes())
    started, living = [], []
    start = Decoder._start
    monkeypatch.setattr(Decoder, "_start", lambda self: started.append(self) or start(self))
    fake_inker.before_prepare = lambda: living.append(started[-1]._process is not None)
    assert run("ink", sketch, second, "--memory-limit", "1G").code == 0
    assert len(started) == 1
    assert living == [True, False]


@pytest.mark.parametrize(
    ("asked", "size", "dpi", "expected"),
    [
        (None, (749, 500), None, 1.5),
        (None, (2500, 5000), None, 10.0),
        (None, (1000, 26_000), None, 2.6),  # a strip: as one of its twenty panels
        (None, (26_000, 1000), None, 2.6),
        (Thickness(3.5, "px"), (100, 5000), (600, 600), 3.5),
        (Thickness(2.54, "mm"), (100, 100), (200, 100), 15.0),
        (Thickness(2.54, "mm"), (100, 100), None, 30.0),
    ],
)
def test_a_thickness_is_in_pixels_of_the_page(asked, size, dpi, expected) -> None:
    page = Page(SimpleNamespace(size=size), dpi)  # type: ignore[arg-type]
    assert ink._thickness(asked, page, Path("a.png"), drawn(size, max(size))) == pytest.approx(expected)
    assert len(page.notices) == (dpi is None and asked is not None)


@pytest.mark.parametrize(
    ("extent", "expected"), [(4000, 8.0), (2000, 8.0), (1000, 4.0), (100, 1.5), (0, 1.5)]
)
def test_an_unasked_thickness_suits_what_is_drawn(extent: float, expected: float) -> None:
    size = (4000, 3000)
    page = Page(SimpleNamespace(size=size))  # type: ignore[arg-type]
    assert ink._thickness(None, page, Path("a.png"), drawn(size, extent)) == pytest.approx(expected)


def drawn(size: tuple[int, int], extent: float) -> Any:
    """What was found on a page of some size: strokes that take up so much of it."""
    return SimpleNamespace(size=size, strokes=SimpleNamespace(extent=extent))


def appearance(colour: Colour, *, white: bool) -> ink.Appearance:
    return ink.Appearance(None, "pen", None, 0.5, 0.7, colour, white)


def test_progress_goes_from_nothing_to_the_whole_sketch(sketch: Path, fake_inker, run, monkeypatch) -> None:
    """The strokes are four fifths of the work; ink is told as rows are written."""
    monkeypatch.setattr(ink, "STRIP_PIXELS", 320 * 60)
    seen: list[float] = []
    monkeypatch.setattr("smart_lineart.cli.report.Report.progress", lambda *_: seen.append)
    assert run("ink", sketch).code == 0
    assert seen[0] == 0.0
    assert seen == sorted(seen)
    prepared = [done for done in seen if done < 0.8]
    assert prepared[-1] == pytest.approx(0.8 * 222 / 240)
    assert seen[len(prepared) :] == pytest.approx([0.85, 0.9, 0.95, 1.0, 1.0])


def test_times_add_up(sketch: Path, fake_inker, run, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([10.0, 11.0, 13.0, 17.0])
    monkeypatch.setattr(ink.time, "perf_counter", lambda: next(clock))
    seconds = json.loads(run("ink", sketch, "--json").out)["results"][0]["seconds"]
    assert seconds == {"read": 1.0, "prepare": 2.0, "render": 4.0, "total": 7.0}


@pytest.mark.parametrize("after", ["read", "prepare"])
def test_an_interrupt_is_heeded_between_steps(sketch, fake_inker, tmp_path, monkeypatch, after: str) -> None:
    done = {"read": after == "read", "prepare": False}

    def thickness(*_: object) -> float:
        done["prepare"] = True
        return 2.0

    monkeypatch.setattr(ink, "_thickness", thickness)
    with pytest.raises(Interrupted):
        ink.ink_file(
            sketch,
            [tmp_path / "ink.png"],
            appearance(Colour(0, 0, 0), white=False),
            fake_inker,
            read=read_page,
            memory_limit=1 << 30,
            progress=lambda _: None,
            cancelled=lambda: done[after],
            wrote=lambda _: None,
        )
    assert len(fake_inker.prepared) == (after == "prepare")
    assert fake_inker.rendered == []
    assert not (tmp_path / "ink.png").exists()


def test_work_gives_its_result_or_raises_its_fault() -> None:
    assert Worker(lambda _: 42).result(lambda: pytest.fail("nothing has to be removed")) == 42
    with pytest.raises(KeyError):
        Worker(lambda _: {}["missing"]).result(lambda: None)


def test_work_that_was_done_all_the_same_was_interrupted() -> None:
    """It may end before it looks up: what it came to is not taken for all that was asked."""

    def work(_: object) -> int:
        signal.raise_signal(signal.SIGINT)
        time.sleep(0.1)
        return 42

    with pytest.raises(Interrupted):
        Worker(work).result(lambda: pytest.fail("nothing has to be removed"))


# ---- brushes from files ----


@pytest.mark.parametrize(("size", "fits"), [((40, 64), True), ((41, 64), False)])
def test_a_picture_of_a_mark_has_so_many_pixels_at_most(tmp_path: Path, monkeypatch, size, fits) -> None:
    monkeypatch.setattr(styles, "MOST_PIXELS", 40 * 64)
    mark = np.full(size, 250, np.uint8)
    mark[10:30, 5:55] = 20
    Image.fromarray(mark).save(tmp_path / "mark.png")
    if fits:
        assert styles.read_brush(tmp_path / "mark.png").to_bytes()
    else:
        with pytest.raises(FileError, match=rf"is {size[1]} x {size[0]} px, too large"):
            styles.read_brush(tmp_path / "mark.png")


def test_a_file_of_a_mark_has_so_many_bytes_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "strip.png"
    path.write_bytes(STYLES["pencil"].strip.to_bytes())
    monkeypatch.setattr(styles, "MOST_BYTES", path.stat().st_size)
    assert styles.read_brush(path) == STYLES["pencil"].strip
    monkeypatch.setattr(styles, "MOST_BYTES", path.stat().st_size - 1)
    with pytest.raises(FileError, match="too large for a picture of a brush mark"):
        styles.read_brush(path)


def test_the_decoder_of_a_mark_is_closed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []
    monkeypatch.setattr(Decoder, "__exit__", lambda self, *_: closed.append(self.close()))
    Image.fromarray(np.tile(np.arange(250, 0, -1, dtype=np.uint8), (60, 1))).save(tmp_path / "mark.png")
    grey = styles._grey(tmp_path / "mark.png")
    assert grey[0].tolist() == list(range(250, 0, -1))
    assert closed == [None]
