# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines out of a finished picture: what a second network says of it, traced and drawn as sketches are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.drawing.fills import contour
from smart_lineart.inking.errors import ModelError, OutOfMemory
from smart_lineart.inking.features import MIN_THICKNESS, Features
from smart_lineart.inking.inker import BASE_BYTES
from smart_lineart.inking.lines.tracing import trace_strokes
from smart_lineart.inking.network.models import load_model, picture_model
from smart_lineart.inking.network.runtime import IsolatedNetwork, Network, load_network
from smart_lineart.inking.network.tiles import halo_of, run_within
from smart_lineart.inking.picture.classes import EDGES, PictureClass, douga_of
from smart_lineart.inking.picture.working import working_picture, working_scale
from smart_lineart.inking.progress import Cancel, Progress, ignore, never, rising, stop_if
from smart_lineart.inking.raster.morphology import grow
from smart_lineart.inking.raster.resampling import resize_in_strips
from smart_lineart.inking.strokes import Strokes
from smart_lineart.inking.tuning import tuning_of
from smart_lineart.said import Said

WORKING_BYTES = 40  # per working px: colours, an answer of seven maps, and one map's tracing
BESIDE = 3  # px beside a line within which an edge is the line's own
DOUGA_PIXELS = 1 << 19  # of a page whose classes are told at once
SURE = 230  # of 255: of a line, from which its colour is looked at


@dataclass(frozen=True)
class PictureFeatures:
    """What was found in a picture.

    Attributes:
        size: (height, width) of the picture in px.
        scale: working px per px of it.
        maps: uint8 (classes, h, w), the probability of each PictureClass at working scale, times 255.
        lines: for each of EDGES what `Inker.render` draws, in px of the picture.
        thickness: how broad the picture's own lines are, px; None where it has none.
        colour: the red, green and blue that most of its lines have; None where it has none.
    """

    size: tuple[int, int]
    scale: float
    maps: Bytes
    lines: dict[PictureClass, Features]
    thickness: float | None
    colour: tuple[int, int, int] | None = None

    def area(self, name: PictureClass) -> Features:
        """Where the picture is of a class such as SHADE: areas that `Inker.render` fills, no strokes."""
        others = np.zeros_like(self.maps[name])
        for other in PictureClass:
            if other != name:
                np.maximum(others, self.maps[other], out=others)
        shapes = contour((self.maps[name] > others) * np.uint8(255), 0.5)
        some = bool((shapes > 127).any())
        return Features(
            self.size, self.scale, inverted=False, strokes=Strokes.empty(), solid=shapes if some else None
        )

    def length(self, name: PictureClass) -> float:
        """How long the lines of a class are together, in px of the picture."""
        return sum(
            float(np.hypot(*np.diff(stroke.points, axis=0).T).sum()) for stroke in self.lines[name].strokes
        )

    def douga(self) -> Iterator[Bytes]:
        """The picture's classes from top to bottom, uint8 (rows, width, 3), each in its colour of DOUGA."""
        height, width = self.size
        rows = max(1, DOUGA_PIXELS // width)
        strips = [_resized(plane, height, width, rows) for plane in self.maps]
        for parts in zip(*strips, strict=True):
            yield douga_of(np.argmax(np.stack(parts), axis=0).astype(np.uint8))


class PictureReader:
    """Finds lines and edges in pictures with one model. Use from one thread at a time.

    Arguments are those of :class:`Inker`, and so are the errors of a network in a process of its own. Raises
    ModelError, RuntimeMissing, BadOption.
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
        self._model = picture_model() if model is None else load_model(model)
        channels = self._model.metadata["channels"]
        if channels != len(PictureClass):
            raise ModelError(
                "The model {model} has {channels} channels; only those with {known} can be run.",
                model=self._model.folder,
                channels=channels,
                known=len(PictureClass),
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

    def __enter__(self) -> PictureReader:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the network."""
        self._network.close()

    def scale(self, size: tuple[int, int]) -> float:
        """Working px per px at which a picture of `size` (height, width) is seen."""
        pixels = max(self._memory_limit - BASE_BYTES, 32 << 20) / WORKING_BYTES
        return working_scale(size, math.sqrt(pixels / (size[0] * size[1])))

    def prepare(
        self, picture: NDArray[Any], *, progress: Progress | None = None, cancelled: Cancel | None = None
    ) -> PictureFeatures:
        """Find the lines of a picture uint8 (H, W, 1 to 4), alpha straight.

        Raises BadSketch, Cancelled, OutOfMemory, ModelError.
        """
        size = picture.shape[0], picture.shape[1]
        working = working_picture(picture, self.scale(size))
        return self.find(working, size, progress=progress, cancelled=cancelled)

    def find(
        self,
        working: Bytes,
        size: tuple[int, int],
        *,
        progress: Progress | None = None,
        cancelled: Cancel | None = None,
    ) -> PictureFeatures:
        """Find the lines of a picture of `size` (height, width) from what `WorkingPicture` kept of it.

        Raises Cancelled, OutOfMemory, ModelError; from a process of its own also ProcessFailed and
        RuntimeMissing.
        """
        report, stop = rising(progress or ignore), cancelled or never
        if self._isolated is not None:
            self._isolated.stop_when(cancelled)
        tall, wide = working.shape[:2]
        scale = wide / size[1], tall / size[0]
        try:
            maps = self._answer(working, lambda done: report(0.6 * done), stop)
            found, broad = {}, 0.0
            for number, name in enumerate(EDGES):
                stop_if(stop)
                shown = shown_as(maps, name)
                strokes, levels = trace_strokes(shown, shown, scale, tuning=self.tuning.tracing)
                found[name] = Features(size, scale[0], inverted=False, strokes=strokes, solid=None)
                if name == PictureClass.LINE and levels is not None:
                    broad = levels.usual / scale[0]
                report(0.6 + 0.1 * (number + 1))
        except MemoryError as error:
            raise OutOfMemory from error
        report(1.0)
        thickness = max(broad, MIN_THICKNESS) if broad else None
        return PictureFeatures(size, scale[0], maps, found, thickness, _line_colour(working, maps))

    def _answer(self, working: Bytes, report: Progress, cancelled: Cancel) -> Bytes:
        """The network's maps. Beyond its border the picture goes on as it is there: no edge is seen."""
        halo = halo_of(self._model)
        tall, wide = working.shape[:2]
        beyond = np.pad(working, ((halo, halo), (halo, halo), (0, 0)), mode="edge")
        maps = run_within(
            self._network,
            beyond,
            room=self._memory_limit - BASE_BYTES - WORKING_BYTES * tall * wide,
            notify=self._notify,
            channels=len(PictureClass),
            stride=self._model.stride,
            halo=halo,
            progress=report,
            cancelled=cancelled,
        )
        return maps[:, halo : halo + tall, halo : halo + wide].copy()


def shown_as(maps: Bytes, name: PictureClass) -> Bytes:
    """The map of a class as it is traced: an edge beside a line, or under a likelier one, is none."""
    own = maps[name]
    if name == PictureClass.LINE:
        return own
    others = np.max([maps[other] for other in EDGES if other != name], axis=0)
    near = grow(maps[PictureClass.LINE] >= 128, BESIDE)
    return np.where(near | (others > own), np.uint8(0), own)


def _line_colour(working: Bytes, maps: Bytes) -> tuple[int, int, int] | None:
    """The colour that most lines have, of what `WorkingPicture` kept: the median, channel by channel."""
    inked = working[maps[PictureClass.LINE] >= SURE]
    if not len(inked):
        return None
    red, green, blue = (255 - np.median(inked, axis=0).astype(int)).tolist()
    return red, green, blue


def _resized(plane: Bytes, height: int, width: int, rows: int) -> Iterator[NDArray[np.float32]]:
    for _, strip in resize_in_strips(plane.astype(np.float32), height, width, rows):
        yield strip
