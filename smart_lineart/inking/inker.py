# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's front door: a sketch goes in, ink comes out."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.errors import BadOption, BadSketch, Cancelled, ModelError, OutOfMemory
from smart_lineart.inking.features import Features
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.models import load_model
from smart_lineart.inking.painting import draw, fill
from smart_lineart.inking.paper import Paper, firm_darkness, judge_paper, network_darkness
from smart_lineart.inking.resize import read_reduced, resize
from smart_lineart.inking.runtime import IsolatedNetwork, Network, load_network
from smart_lineart.inking.scale import MAX_SCALE, MIN_SCALE, auto_scale, stroke_width
from smart_lineart.inking.sketch import ArraySketch, Sketch, check_size
from smart_lineart.inking.solids import draw_solids, solid_shapes
from smart_lineart.inking.strokes import Strokes
from smart_lineart.inking.styles import Style, find_style
from smart_lineart.inking.tiles import run_tiles
from smart_lineart.inking.tracing import trace_strokes

Bytes = NDArray[np.uint8]
Progress = Callable[[float], None]
Cancel = Callable[[], bool]

MIN_THICKNESS, MAX_THICKNESS = 0.25, 400.0  # px
SURVEY_SIDE = 4096  # px: long side of the picture in which strokes are measured
BASE_BYTES = 200 << 20  # the process before the first tile: interpreter, numpy, runtime, model
BYTES_PER_PIXEL = 170  # of a tile's window inside a float32 network, measured with both runtimes
MOST_PIXELS = 3 << 20  # of a window: larger ones are not faster
LEAST_PIXELS = 1 << 18
WORKING_BYTES = 22  # per pixel of the working image, from the survey to the strokes, measured
TILE_MULTIPLE = 16  # px: of the sides of what a network is given
DROPPED_AT_MOST = 0.8  # strength below which everything is dropped at faint = 1


class Inker:
    """Inks sketches with one model on one runtime and device. Use from one thread at a time.

    Args:
        runtime: "auto", "openvino" or "onnxruntime".
        device: "auto", "cpu", "gpu" or "npu".
        memory_limit: bytes that the process should stay within.
        model: a model folder; None takes the one that comes along.
        threads: most threads; None lets the runtime choose.
        notify: gets a sentence when something other than asked for had to be done.
        isolated: run the network in a process of its own, so that native code cannot take this one down; its
            faults then show in :meth:`prepare`.

    Raises ModelError, RuntimeMissing, BadOption.
    """

    def __init__(
        self,
        *,
        runtime: str = "auto",
        device: str = "auto",
        memory_limit: int = 1 << 30,
        model: Path | None = None,
        threads: int | None = None,
        notify: Callable[[str], None] | None = None,
        isolated: bool = False,
    ):
        self._notify = notify or _ignore
        self._memory_limit = memory_limit
        self._model = load_model(model)
        if self._model.stride % TILE_MULTIPLE:
            raise ModelError(
                f"The model {self._model.folder} has a stride of {self._model.stride} px; "
                f"only multiples of {TILE_MULTIPLE} can be run."
            )
        self._isolated: IsolatedNetwork | None = None
        self._network: Network
        if isolated:
            self._network = self._isolated = IsolatedNetwork(
                self._model.onnx, runtime=runtime, device=device, threads=threads, notify=notify
            )
        else:
            self._network, _, _ = load_network(
                self._model.onnx, runtime=runtime, device=device, threads=threads, notify=notify
            )

    def __enter__(self) -> Inker:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the network; features already prepared stay usable with another Inker."""
        self._network.close()

    @property
    def runtime_name(self) -> str:
        """The runtime in use: "openvino" or "onnxruntime"."""
        return self._network.runtime_name

    @property
    def device_name(self) -> str:
        """The device in use: "cpu", "gpu" or "npu"."""
        return self._network.device_name

    @property
    def isolated(self) -> bool:
        """Whether the network runs, or is about to run, in a process of its own."""
        return self._isolated is not None and not self._isolated.inside

    @property
    def worker_pid(self) -> int | None:
        """The number of that process, or None while there is none."""
        return self._isolated.pid if self._isolated is not None else None

    def prepare(
        self,
        sketch: Sketch | NDArray[Any],
        *,
        detail: float | None = None,
        progress: Progress | None = None,
        cancelled: Cancel | None = None,
    ) -> Features:
        """Find the lines of a sketch: the expensive part, run once per sketch.

        Args:
            sketch: a page to read in strips, or an array as :class:`ArraySketch` takes it.
            detail: working px per page px, 1/16 to 2; smaller merges more. None finds it from the sketch.
            progress: called with 0..1 on this thread.
            cancelled: asked between tiles; True ends the run.

        Raises BadSketch, BadOption, Cancelled, OutOfMemory, ModelError; from a process of its own also
        ProcessFailed and RuntimeMissing.
        """
        if detail is not None and not MIN_SCALE <= detail <= MAX_SCALE:
            raise BadOption(f"Detail must lie between {MIN_SCALE} and {MAX_SCALE:g}, not {detail:g}.")
        page = ArraySketch(sketch) if isinstance(sketch, np.ndarray) else sketch
        check_size(*page.size)
        report = progress or _ignore
        if self._isolated is not None:
            self._isolated.stop_when(cancelled)
        try:
            return self._prepare(page, detail, report, cancelled or (lambda: False))
        except MemoryError as error:
            raise OutOfMemory from error

    def _prepare(self, page: Sketch, detail: float | None, report: Progress, cancelled: Cancel) -> Features:
        survey = _Survey(page, detail, self._largest_scale(page.size))
        if survey.held_back:
            self._notify(
                f"The page is too large for its detail within the memory limit; {survey.scale:.2g} is used."
            )
        report(0.1)
        _stop_if(cancelled)
        if survey.blank:
            report(1.0)
            return Features(page.size, survey.scale, survey.paper.inverted, Strokes.empty(), None)
        darkness = survey.darkness()
        report(0.2)
        line, width, solid = self._run_network(darkness, lambda done: report(0.2 + 0.65 * done), cancelled)
        ratio = (darkness.shape[1] / page.size[1], darkness.shape[0] / page.size[0])
        strokes = trace_strokes(line, width, darkness, ratio)
        _stop_if(cancelled)
        report(1.0)
        return Features(
            page.size, survey.scale, survey.paper.inverted, strokes, solid_shapes(solid, darkness)
        )

    def _largest_scale(self, size: tuple[int, int]) -> float:
        """The working scale at which a page of `size` (height, width) still fits the memory limit."""
        pixels = max(self._memory_limit - BASE_BYTES, 32 << 20) / WORKING_BYTES
        return max(MIN_SCALE, math.sqrt(pixels / (size[0] * size[1])))

    def _run_network(self, darkness: Bytes, report: Progress, cancelled: Cancel) -> Bytes:
        """The trunk over the page; when memory runs out, again with smaller tiles, as long as that helps."""
        room = self._memory_limit - BASE_BYTES - 8 * darkness.size
        pixels = int(np.clip(room // BYTES_PER_PIXEL, LEAST_PIXELS, MOST_PIXELS))
        stride = self._model.stride
        halo = -(-(self._model.receptive_field // 2) // stride) * stride
        channels = int(self._model.metadata["channels"])
        while True:
            try:
                return run_tiles(
                    self._network,
                    darkness,
                    channels=channels,
                    stride=stride,
                    halo=halo,
                    max_pixels=pixels,
                    progress=report,
                    cancelled=cancelled,
                )
            except (OutOfMemory, MemoryError):
                if pixels <= LEAST_PIXELS:
                    raise
                pixels = max(LEAST_PIXELS, pixels // 4)
                self._network.release_memory()
                self._notify("Memory ran short; inking goes on in smaller tiles.")

    def render(
        self,
        features: Features,
        *,
        thickness: float = 4.0,
        style: str | Style = "pen",
        faint: float = 0.5,
        region: Rect | None = None,
        cancelled: Cancel | None = None,
    ) -> Bytes:
        """Draw the lines of a sketch: the cheap part, run at every change of thickness or style.

        Args:
            features: what :meth:`prepare` found, with this Inker or another.
            thickness: median line width in page px, 0.25 to 400.
            style: one of :func:`style_names`, or a :class:`Style` of one's own strip.
            faint: 0 keeps every line the network saw, 1 only the firmest.
            region: the part of the page to draw; None draws all of it. A region equals that part of the page.
            cancelled: asked now and then; True ends the drawing.

        Returns:
            uint8 coverage (height, width) of the region: 0 no ink, 255 full ink.

        Raises BadOption, Cancelled, OutOfMemory.
        """
        _check_brush(thickness, faint)
        pen = find_style(style)
        whole = Rect(0, 0, features.size[1], features.size[0])
        part = whole if region is None else region
        if part.intersection(whole) != part or not part.width or not part.height:
            raise BadOption(
                f"The region {tuple(part)} does not lie on the page of {whole.width} x {whole.height} px."
            )
        strokes = drawn_strokes(features, faint)
        try:
            ink = draw(strokes, part, thickness=thickness, style=pen, cancelled=cancelled)
            if features.solid is not None:
                area = np.zeros_like(ink)
                draw_solids(area, features.solid, part, features.size)
                np.maximum(ink, fill(area, part, pen), out=ink)
        except MemoryError as error:
            raise OutOfMemory from error
        return ink

    def ink(
        self,
        sketch: Sketch | NDArray[Any],
        *,
        thickness: float = 4.0,
        style: str | Style = "pen",
        detail: float | None = None,
        faint: float = 0.5,
        progress: Progress | None = None,
        cancelled: Cancel | None = None,
    ) -> Bytes:
        """:meth:`prepare` and :meth:`render` in one: uint8 coverage (height, width)."""
        _check_brush(thickness, faint)
        find_style(style)
        features = self.prepare(sketch, detail=detail, progress=progress, cancelled=cancelled)
        return self.render(features, thickness=thickness, style=style, faint=faint, cancelled=cancelled)


def drawn_strokes(features: Features, faint: float) -> Strokes:
    """The strokes that :meth:`Inker.render` draws at this `faint`."""
    return features.strokes.select(features.strokes.strength >= DROPPED_AT_MOST * faint)


def _check_brush(thickness: float, faint: float) -> None:
    if not MIN_THICKNESS <= thickness <= MAX_THICKNESS:
        raise BadOption(
            f"Thickness must lie between {MIN_THICKNESS} and {MAX_THICKNESS:g} px, not {thickness:g}."
        )
    if not 0.0 <= faint <= 1.0:
        raise BadOption(f"Faint must lie between 0 and 1, not {faint:g}.")


def _ignore(_: object) -> None:
    """Stands in for a callback that nobody gave."""


def _stop_if(cancelled: Cancel) -> None:
    if cancelled():
        raise Cancelled


class _Survey:
    """What is found out about a page before the network runs: paper, stroke width, working scale."""

    def __init__(self, page: Sketch, detail: float | None, largest: float = MAX_SCALE):
        self._page = page
        self.held_back = detail is not None and detail > largest
        if detail is not None:
            detail = min(detail, largest)
        height, width = page.size
        long_side = max(height, width)
        factor = -(-long_side // SURVEY_SIDE)
        if detail is not None:
            factor = max(1, min(factor, math.floor(1 / detail)))
        self._factor = factor
        self._reduced = _checked(read_reduced(page, factor))
        self.paper: Paper = judge_paper(self._reduced)
        relative = self.paper.relative_darkness(self._reduced)
        firm = firm_darkness(relative)
        self.blank = firm == 0.0
        if detail is None and not self.blank:
            detail = auto_scale(stroke_width(relative, firm) * factor, long_side)
            self.held_back = detail > largest
            detail = min(detail, largest)
        self.scale = detail or 1.0

    def darkness(self) -> Bytes:
        """The network's input at working scale."""
        if self._factor > 1 and self._factor * self.scale > 1.0:  # fine strokes: read the page less reduced
            self._factor = max(1, math.floor(1 / self.scale))
            self._reduced = read_reduced(self._page, self._factor)
        height, width = self._page.size
        tall, wide = max(1, round(height * self.scale)), max(1, round(width * self.scale))
        luma = resize(self._reduced, tall, wide) * np.float32(1 / 65535)
        relative = self.paper.relative_darkness(luma)
        return network_darkness(relative, firm_darkness(relative))


def _checked(reduced: NDArray[np.uint16]) -> NDArray[np.uint16]:
    if not reduced.size:
        raise BadSketch("The sketch has no pixels.")
    return reduced
