# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of flats, where the document is another by the time something is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.krita_host.fake_krita import Document, Node, fake_krita, run

WIDTH, HEIGHT = 40, 30
RED, BLUE, GREEN = (0, 0, 255, 255), (255, 0, 0, 255), (0, 200, 0, 255)
HALVES = {"left": 5, "right": 30}


class Scene:
    """A document with two areas side by side, their flats and a layer of hints."""

    def __init__(self, modules: SimpleNamespace):
        self.modules, krita = modules, modules.krita
        self.raw = krita.show(Document(WIDTH, HEIGHT))
        self.ink, self.hints = self.raw.add("Ink"), self.raw.add("Hints")
        self.flats = self.raw.add("Flats")
        self.raw.active = self.hints
        self.document = modules.document.Document(self.raw)
        krita.action("edit_redo").enabled = False
        self.memory = modules.flats.FlatsMemory()
        self.said: list[Any] = []
        self.made: list[str] = []
        self.write(self.flats, areas_of(modules))

    def write(self, node: Node, areas: Any, *, ready: bool = True) -> Any:
        """What a run before left behind in a layer: red at the left, blue at the right."""
        modules = self.modules
        table = modules.pixel_codes.PixelTable(4, np.dtype(np.uint8))
        red, blue, paper = (table.code(np.array(one, np.uint8)) for one in (RED, BLUE, (255, 0, 255, 255)))
        ground = modules.flats_work.Ground.blank(areas, {0: 0, 1: red, 2: blue})
        flats = ground.flats()
        made = modules.flats_work.Made.of(ground, flats, table, paper).written()
        node.setPixelData(table.pixels[flats.codes].tobytes(), 0, 0, WIDTH, HEIGHT)
        note = modules.flats.FlatsNote(self.ink.identity, hints=self.hints.identity)
        self.memory.put(self.document, node.identity, areas, note, areas.pack())
        self.run_of().keep_made(node, made, ready=ready)
        return made

    def run_of(self, **wish: Any) -> Any:
        """A run whose way of making flats anew is only told."""
        modules, scene = self.modules, self
        worker = SimpleNamespace(submit=lambda task: SimpleNamespace(value=task()))
        context = SimpleNamespace(
            flats=self.memory,
            ink_worker=worker,
            loop=SimpleNamespace(post=lambda task: None),
            messages=SimpleNamespace(say=lambda words, **_: self.said.append(words)),
            memory=SimpleNamespace(
                lineart_in_use=lambda *_: None, settings_of=lambda *_: None, ink_of=lambda *_: None
            ),
            undo_words=SimpleNamespace(ours=nullcontext, note=lambda *_: None),
        )
        job = modules.jobs.Job(
            self.document, self.ink.identity, "Ink", None, live=True, flats=modules.jobs.FlatsWish(**wish)
        )

        class Told(modules.flats_run.FlatsRun):  # type: ignore[misc, name-defined]
            def _make_and_write(self) -> Any:
                scene.made.append("anew")
                yield

            def keep_made(self, node: Node, made: Any, *, ready: bool) -> None:
                self._form = modules.layer.Layer(node).form
                self._keep(modules.layer.Layer(node), made, ready=ready)

        return Told(context, SimpleNamespace(drags=[]), job)

    def layers(self) -> list[str]:
        return [node.named for node in self.raw.root.nodes]

    def dab(self, x: int, colour: tuple[int, int, int, int] = GREEN) -> None:
        """A dab of the hints' layer."""
        self.hints.setPixelData(bytes(colour) * 16, x, 12, 4, 4)

    def colour(self, x: int, node: Node | None = None) -> tuple[int, ...]:
        return tuple((node or self.flats).pixelData(x, 20, 1, 1))

    def follow(self) -> None:
        run(self.run_of()._follow())


WIDE = "RGBA", "U16", "sRGB-elle-V2-srgbtrc.icc"


def areas_of(modules: SimpleNamespace) -> Any:
    labels = np.zeros((HEIGHT, WIDTH), np.int32)
    labels[4:26, 2:14], labels[4:26, 18:38] = 1, 2
    return modules.areas.Areas.of((HEIGHT, WIDTH), labels, np.zeros_like(labels, np.bool_), {})


@pytest.fixture
def scene() -> Iterator[Scene]:
    names = (
        *("krita_host.application", "krita_host.document", "krita_host.layer", "krita_host.flats_layer"),
        *("inking.areas", "inking.renewing.pixel_codes", "studio.document.flats", "studio.runs.jobs"),
        *("studio.runs.flats_work", "studio.runs.flats_run"),
    )
    with fake_krita(*names) as made:
        yield Scene(made)


def test_flats_follow_hints_where_they_are_as_they_were_written(scene: Scene) -> None:
    scene.dab(6)
    scene.follow()
    assert scene.made == []
    assert [scene.colour(x) for x in HALVES.values()] == [GREEN, BLUE]


def test_a_soft_dab_leaves_one_colour_behind(scene: Scene) -> None:
    fading = np.zeros((10, 25, 4), np.uint8)
    fading[..., 1], fading[..., 3] = 200, np.arange(250).reshape(10, 25)[::-1] + 1
    scene.hints.setPixelData(fading.tobytes(), 2, 10, 25, 10)
    layer = scene.modules.layer.Layer(scene.flats)
    before = len(scene.memory.last_of(scene.document, layer).table)
    scene.follow()
    assert scene.colour(HALVES["left"]) == GREEN
    assert len(scene.memory.last_of(scene.document, layer).table) == before + 1


def mirrored(node: Node) -> None:
    shown = np.frombuffer(node.pixelData(0, 0, WIDTH, HEIGHT), np.uint8).reshape(HEIGHT, WIDTH, 4)
    node.setPixelData(shown[:, ::-1].tobytes(), 0, 0, WIDTH, HEIGHT)


def grown(raw: Document) -> None:
    raw.wide, raw.tall = WIDTH + 10, HEIGHT + 10


def cropped(raw: Document) -> None:
    raw.wide = WIDTH - 6


@pytest.mark.parametrize("change", ["mirrored", "grown", "cropped"])
def test_flats_are_made_anew_where_the_page_or_the_layer_is_another(scene: Scene, change: str) -> None:
    if change == "mirrored":
        mirrored(scene.flats)
    else:
        (grown if change == "grown" else cropped)(scene.raw)
    before = scene.flats.pixelData(0, 0, WIDTH, HEIGHT)
    scene.dab(30)
    scene.follow()
    assert scene.made == ["anew"]
    assert not scene.memory.is_ready(scene.document, scene.modules.layer.Layer(scene.flats))
    assert scene.flats.pixelData(0, 0, WIDTH, HEIGHT) == before


def test_what_is_remembered_of_a_layer_is_of_no_use_once_that_was_converted(scene: Scene) -> None:
    layer = scene.modules.layer.Layer(scene.flats)
    assert scene.memory.last_of(scene.document, layer) is not None
    scene.flats.setColorSpace(*WIDE)
    assert scene.memory.last_of(scene.document, layer) is None
    scene.dab(6)
    scene.follow()
    assert scene.made == ["anew"]


def test_flats_converted_while_hints_are_looked_at_are_made_anew(scene: Scene) -> None:
    scene.dab(6)
    work = scene.run_of()._follow()
    while not hasattr(wish := next(work), "value"):
        pass
    scene.flats.setColorSpace(*WIDE)
    before = scene.flats.pixelData(0, 0, WIDTH, HEIGHT)
    work.send(wish.value)
    run(work)
    assert scene.made == ["anew"]
    assert scene.flats.pixelData(0, 0, WIDTH, HEIGHT) == before


def test_no_hints_are_put_over_flats_that_undo_has_taken_away(scene: Scene) -> None:
    scene.hints.remove()
    work = scene.run_of(hints=True)._add_hints()
    next(work)
    scene.flats.remove()
    run(work)
    assert scene.layers() == ["Ink"]


def test_hints_that_undo_has_brought_back_are_the_ones(scene: Scene) -> None:
    scene.hints.remove()
    work = scene.run_of(hints=True)._add_hints()
    next(work)
    scene.raw.root.addChildNode(scene.hints, scene.flats)
    run(work)
    assert scene.layers() == ["Ink", "Flats", "Hints"]
    assert scene.raw.active is scene.hints


def test_hints_that_are_gone_by_then_are_not_selected(scene: Scene) -> None:
    scene.raw.active = scene.ink
    work = scene.run_of(hints=True)._add_hints()
    next(work)
    scene.hints.remove()
    run(work)
    assert scene.raw.active is scene.ink
