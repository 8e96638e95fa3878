# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's front door: a sketch goes in, ink comes out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.brushes.styles import Style, find_style
from smart_lineart.inking.drawing.fills import solid_shapes, unclaimed_black
from smart_lineart.inking.errors import BadOption, ModelError, OutOfMemory
from smart_lineart.inking.faint import with_light, with_shares
from smart_lineart.inking.features import (
    USUAL_FAINT,
    USUAL_WEIGHT,
    Features,
    Seen,
    check_brush,
)
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.lines.fairing import Fairer
from smart_lineart.inking.lines.levels import Levels
from smart_lineart.inking.lines.tracing import trace_strokes
from smart_lineart.inking.looking import Looks
from smart_lineart.inking.network.maps import MAPS, Maps, Prediction
from smart_lineart.inking.network.models import load_model
from smart_lineart.inking.network.runtime import IsolatedNetwork, Network, load_network
from smart_lineart.inking.network.tiles import halo_of, run_within
from smart_lineart.inking.page.calibration import Calibration
from smart_lineart.inking.page.scale import MAX_SCALE, MIN_SCALE
from smart_lineart.inking.page.sketch import ArraySketch, Sketch, check_size
from smart_lineart.inking.page.survey import (
    View,
)
from smart_lineart.inking.progress import Cancel, Progress, ignore, never, rising, stop_if
from smart_lineart.inking.rendering import render
from smart_lineart.inking.strokes import Strokes
from smart_lineart.inking.tuning import tuning_of
from smart_lineart.said import Said

BASE_BYTES = 200 << 20  # the process before the first tile: interpreter, numpy, runtime, model
WORKING_BYTES = 26  # per pixel of the working image, from the survey to the strokes, measured
TILE_MULTIPLE = 16  # px: of the sides of what a network is given


class Inker:
    """Inks sketches with one model on one runtime and device. Use from one thread at a time.

    Args:
        runtime: "auto", "openvino" or "onnxruntime".
        device: "auto", "cpu", "gpu" or "npu".
        memory_limit: bytes that the process should stay within.
        model: a model folder; None takes the one that comes along.
        threads: most threads; None lets the runtime choose.
        notify: is told when something other than asked for had to be done.
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
        notify: Callable[[Said], None] | None = None,
        isolated: bool = False,
    ):
        self._notify = notify or ignore
        self._memory_limit = memory_limit
        self._model = load_model(model)
        if self._model.stride % TILE_MULTIPLE:
            raise ModelError(
                "The model {model} has a stride of {stride} px; only multiples of {multiple} can be run.",
                model=self._model.folder,
                stride=self._model.stride,
                multiple=TILE_MULTIPLE,
            )
        channels = self._model.metadata["channels"]
        if channels != MAPS:
            raise ModelError(
                "The model {model} has {channels} channels; only those with {known} can be run.",
                model=self._model.folder,
                channels=channels,
                known=MAPS,
            )
        self.tuning = tuning_of(self._model)
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

    def release_memory(self) -> None:
        """Give back the network's working memory, kept for each shape of tile; the next run takes it anew."""
        self._network.release_memory()

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
        previous: Features | None = None,
        calibration: Calibration | None = None,
        changed: Rect | None = None,
        keep: bool = True,
        light: bool = False,
        progress: Progress | None = None,
        cancelled: Cancel | None = None,
    ) -> Features:
        """Find the lines of a sketch: the expensive part, run once per sketch.

        After a change of the sketch, give what was found before: only what the change can reach is then run,
        and ink changes near it only. What is found is the same, bit by bit, as without `previous`.

        Args:
            sketch: a page to read in strips, or an array as :class:`ArraySketch` takes it.
            detail: working px per page px, 1/16 to 2; smaller merges more. None finds it from the sketch.
            previous: what was found in an earlier state of this sketch.
            calibration: see the page as before; None takes that of `previous`. Where it does not suit the
                page or the detail any more, all is found anew, and the features are ``renewed``.
            changed: the caller's word that since `previous` the page changed in this rectangle only (page
                px); the rest need not be read.
            keep: keep what makes the next run after a change quick, 5 bytes for each working px,
                and 8 for each of a line.
            light: find lines that the network takes for none, too, see :func:`with_light`.
            progress: called with 0..1 on this thread.
            cancelled: asked between tiles; True ends the run.

        Raises BadSketch, BadOption, Cancelled, OutOfMemory, ModelError; from a process of its own also
        ProcessFailed and RuntimeMissing.
        """
        if detail is not None and not MIN_SCALE <= detail <= MAX_SCALE:
            raise BadOption(
                "Detail must lie between {low} and {high}, not {given}.",
                low=MIN_SCALE,
                high=MAX_SCALE,
                given=detail,
            )
        page = self._begin(sketch, cancelled)
        report, stop = rising(progress or ignore), cancelled or never
        seen = previous.seen if previous is not None and previous.size == page.size else None
        if calibration is None and previous is not None:
            calibration = previous.calibration
        try:
            view, answer = self._looks.at(page, detail, calibration, seen, changed, report, stop)
            report(0.2)
            stop_if(stop)
            found = with_shares(self._find_lines(page.size, view, seen, answer, report, stop))
            if light:
                stop_if(stop)
                found = with_light(found)
        except MemoryError as error:
            raise OutOfMemory from error
        report(1.0)
        renewed = calibration is not None and view.fresh
        return replace(found, renewed=renewed, seen=found.seen if keep else None)

    def find_scale(
        self,
        sketch: Sketch | NDArray[Any],
        *,
        progress: Progress | None = None,
        cancelled: Cancel | None = None,
    ) -> float:
        """The working px per page px that :meth:`prepare` finds for a sketch, without its lines.

        Takes two runs of the network at most, where that takes two or three and traces what they say.
        Arguments and errors are those of :meth:`prepare`.
        """
        page = self._begin(sketch, cancelled)
        try:
            report, stop = rising(progress or ignore), cancelled or never
            return self._looks.scale(page, report, stop)
        except MemoryError as error:
            raise OutOfMemory from error

    def _begin(self, sketch: Sketch | NDArray[Any], cancelled: Cancel | None) -> Sketch:
        """The page to read of a sketch that can be inked; a network in its own process hears `cancelled`."""
        page = ArraySketch(sketch) if isinstance(sketch, np.ndarray) else sketch
        check_size(*page.size)
        if self._isolated is not None:
            self._isolated.stop_when(cancelled)
        return page

    @property
    def _looks(self) -> Looks:
        return Looks(self.tuning, self._halo, self._largest_scale, self._run_network, self._notify)

    def _find_lines(
        self,
        size: tuple[int, int],
        view: View,
        seen: Seen | None,
        answer: Prediction | None,
        report: Progress,
        cancelled: Cancel,
    ) -> Features:
        """Run the network over what changed of a view, and trace what it says of the page."""
        calibration = view.calibration
        if calibration is None:
            return Features(size, view.scale, view.inverted, Strokes.empty(), None)
        tuning, network = self.tuning, self._identity
        if seen is not None and seen.network != network:
            seen = None
        earlier = answer
        if earlier is None and seen is not None:
            earlier = Prediction(seen.darkness, seen.maps)
        said = self._run_network(view.darkness, earlier, lambda done: report(0.2 + 0.4 * done), cancelled)
        maps = Maps.from_channels(said)
        calibration, settled, from_afar = self._looks.in_doubt(view, maps.line, seen, report, cancelled)
        stop_if(cancelled)
        tall, wide = view.darkness.shape
        levels = None if view.fresh else Levels(calibration.certain, calibration.usual)
        scale, fairer = (wide / size[1], tall / size[0]), Fairer(seen.faired if seen is not None else None)
        strokes, levels = trace_strokes(
            settled.line, settled.darkness, scale, levels, fairer, view.darkness, tuning.tracing
        )
        stop_if(cancelled)
        black, usual = view.solid, 0.0 if levels is None else levels.usual
        if levels is not None:
            unclaimed = unclaimed_black(maps.line, maps.solid, view.darkness, usual, tuning.fills)
            black = unclaimed if black is None else black | unclaimed
        return Features(
            size,
            view.scale,
            view.inverted,
            strokes,
            solid_shapes(maps.line, maps.solid, view.darkness, usual, tuning.fills, black),
            None if levels is None else replace(calibration, certain=levels.certain, usual=levels.usual),
            seen=Seen(view.luma, view.darkness, said, network, from_afar, settled.verdicts, fairer.kept),
        )

    @property
    def _identity(self) -> str:
        """Stands for what a page's maps depend on but for the page, and what is read from them."""
        checksum = self._model.metadata["sha256"]
        return f"{checksum} {self.runtime_name} {self.device_name} {self.tuning.digest()}"

    @property
    def _halo(self) -> int:
        return halo_of(self._model)

    def _largest_scale(self, size: tuple[int, int]) -> float:
        """The working scale at which a page of `size` (height, width) still fits the memory limit."""
        pixels = max(self._memory_limit - BASE_BYTES, 32 << 20) / WORKING_BYTES
        return max(MIN_SCALE, math.sqrt(pixels / (size[0] * size[1])))

    def _run_network(
        self, darkness: Bytes, earlier: Prediction | None, report: Progress, cancelled: Cancel
    ) -> Bytes:
        """The trunk over what changed on the page; when memory runs out, again with smaller tiles, as long as
        that helps.
        """
        return run_within(
            self._network,
            darkness,
            room=self._memory_limit - BASE_BYTES - 8 * darkness.size,
            notify=self._notify,
            channels=MAPS,
            stride=self._model.stride,
            halo=self._halo,
            earlier=earlier,
            progress=report,
            cancelled=cancelled,
        )

    def render(
        self,
        features: Features,
        *,
        thickness: float = 4.0,
        style: str | Style = "pen",
        faint: float = USUAL_FAINT,
        weight: float = USUAL_WEIGHT,
        cut: str = "share",
        region: Rect | None = None,
        cancelled: Cancel | None = None,
    ) -> Bytes:
        """Draw the lines of a sketch: the cheap part, run at every change of thickness or style.

        Args:
            features: what :meth:`prepare` found, with this Inker or another.
            thickness: median line width in page px, 0.25 to 400.
            style: one of :func:`style_names`, or a :class:`Style` of one's own strip.
            faint: 0 keeps every line, 1 only the darkest tenth of the usual ones. From 0.5, at which all of
                those are drawn, they are left out in steps of equal length, the lightest first; below it
                lighter ones come, those of :func:`with_light` among them.
            cut: "strength" leaves out by a strength that is the same for all pages, as ink was made once; see
                :meth:`Features.drawn_at`.
            weight: 0 draws every line equally wide but for the brush's own points and swelling, 1 as wide as
                the sketch's strokes are there; between them relative widths are raised to this power. The
                median line is `thickness` wide at each. Solid black stays as it is.
            region: the part of the page to draw; None draws all of it. A region equals that part of the page.
            cancelled: asked now and then; True ends the drawing.

        Returns:
            uint8 coverage (height, width) of the region: 0 no ink, 255 full ink.

        Raises BadOption, Cancelled, OutOfMemory.
        """
        return render(
            features,
            thickness=thickness,
            style=style,
            faint=faint,
            weight=weight,
            cut=cut,
            region=region,
            cancelled=cancelled,
        )

    def ink(
        self,
        sketch: Sketch | NDArray[Any],
        *,
        thickness: float = 4.0,
        style: str | Style = "pen",
        detail: float | None = None,
        faint: float = USUAL_FAINT,
        weight: float = USUAL_WEIGHT,
        cut: str = "share",
        progress: Progress | None = None,
        cancelled: Cancel | None = None,
    ) -> Bytes:
        """:meth:`prepare` and :meth:`render` in one: uint8 coverage (height, width)."""
        check_brush(thickness, faint, weight, cut)
        find_style(style)
        light = cut == "share" and faint < USUAL_FAINT
        features = self.prepare(
            sketch, detail=detail, keep=False, light=light, progress=progress, cancelled=cancelled
        )
        return self.render(
            features,
            thickness=thickness,
            style=style,
            faint=faint,
            weight=weight,
            cut=cut,
            cancelled=cancelled,
        )
