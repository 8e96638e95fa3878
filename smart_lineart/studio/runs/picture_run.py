# SPDX-License-Identifier: GPL-3.0-or-later
"""One run that takes lines from a finished picture, from reading its layer to the ink in layers above it."""

from __future__ import annotations

import time
from collections.abc import Collection
from functools import partial
from typing import Any

from smart_lineart.inking import Cancelled, Rect
from smart_lineart.krita_host import application
from smart_lineart.krita_host.composing import as_shown
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.living import Gone
from smart_lineart.krita_host.reading import sketch_area
from smart_lineart.studio.context import Context
from smart_lineart.studio.engine import CachedFeatures
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.picture_kinds import FILLS, LINE, PictureWish
from smart_lineart.studio.steps import Work
from smart_lineart.studio.turns import Turns

from .in_front import until_sketch_in_front
from .jobs import Job, JobState
from .lifting import with_sketches_lifted
from .picture_layers import Drawn, PictureLayers
from .renewing import Renewer
from .settling import WAIT_FOR_PEN_MS, wait_for_pen
from .sketch import Problem, living_sketch, read_whatever

NOWHERE = Rect(0, 0, 0, 0)


class PictureRun:
    """Executes a job in steps."""

    def __init__(self, context: Context, turns: Turns, renewer: Renewer, job: Job):
        self._context, self._turns, self._job = context, turns, job
        self._layers = PictureLayers(context, renewer, job, self._until_shown)
        self._is_in = False

    def steps(self) -> Work:
        """All of it."""
        began, job = time.monotonic(), self._job
        while self._context.reveal.glance.active:  # layers are not as they are
            yield WAIT_FOR_PEN_MS
        job.enter(JobState.reading)
        self._turns.finish_drags(job.document, job.sketch)
        yield from with_sketches_lifted(self._context, job, self._take(began), lambda: self._is_in)
        job.seconds["total"] = time.monotonic() - began
        job.report(1.0)
        job.enter(JobState.finished)

    def stopped(self) -> BaseException | None:
        """The gate of this run: once its document is closed, or it is cancelled, not a step more is taken."""
        job = self._job
        if job.cancelled:
            return Cancelled()
        if not application.is_open(job.document):
            return Gone('The document was closed before "{name}" was inked.', name=job.title)
        return None

    def _take(self, began: float) -> Work:
        job, context = self._job, self._context
        wish = job.picture or PictureWish()
        layer = yield from as_shown(job.document, self._living())
        known = context.cache.get(job.document, job.sketch, hue=LINE)
        area = sketch_area(layer, job.document.page, known.area if known is not None else None)
        picture = yield from read_whatever(layer, area)
        if picture is None or picture.empty:
            raise Problem(
                'There is no picture on "{name}". Select the layer or group with your picture.',
                name=job.title,
            )
        job.seconds["reading"] = time.monotonic() - began
        job.enter(JobState.inking)
        item = yield from self._find(picture, area, known)
        job.seconds["inking"] = time.monotonic() - began
        job.report(0.9)
        yield from wait_for_pen()
        if context.memory.layers_of_picture(job.document, job.sketch) and not job.keep_copy:
            yield from self._until_shown()  # from here on nobody else writes into them
        job.enter(JobState.writing)
        self._living()
        drawn = yield from self._layers.put(item, wish, job.settings)
        self._is_in = any(one.some for one in drawn.values())
        context.cache.put(item)
        self._say_where_nothing_is(item, drawn)

    def _living(self) -> Layer:
        """The picture's layer. Raises Problem where it was deleted, or has keyframes."""
        layer = living_sketch(self._job)
        if layer.animated:
            raise Problem(
                '"{name}" has keyframes: lines are taken from still pictures. Copy the frame to a layer of '
                "its own first.",
                name=layer.name,
            )
        return layer

    def _find(self, picture: Any, area: Rect, known: CachedFeatures | None) -> Work:
        """What the picture shows: what is known already, where nothing has changed."""
        job, context = self._job, self._context
        if known is not None and known.area == area and known.read is not None:
            changed = yield context.ink_worker.submit(partial(picture.changed_from, known.read))
            if changed == NOWHERE:
                return known
        found = yield context.ink_worker.submit(
            lambda: context.engine.read_picture(
                picture,
                lambda done: context.loop.post(lambda: job.report(done * 0.9)),
                lambda: job.cancelled,
            )
        )
        lines = found.kinds[LINE]
        return CachedFeatures(job.document, job.sketch, lines, area, 0.0, read=picture, picture=found)

    def _until_shown(self) -> Work:
        yield from until_sketch_in_front(self._context, self._turns, self._job)

    def _say_where_nothing_is(self, item: CachedFeatures, drawn: dict[str, Drawn]) -> None:
        """Until its layers are drawn otherwise."""
        job, context, memory = self._job, self._context, self._context.memory
        some = [kind for kind, one in drawn.items() if one.some]
        said = _without(job, item, drawn, some)
        if some and not any(one.inside for one in drawn.values()):
            said = _outside(job)
        before = memory.state_of(job.document)
        if said:
            context.messages.say(said, of=job.document, so=lambda: memory.state_of(job.document) == before)


def _outside(job: Job) -> str:
    return tr(
        'No lines of "{name}" were found inside the selection: select where it has some, or '
        "select nothing to ink all of it.",
        name=job.title,
    )


def _without(job: Job, item: CachedFeatures, drawn: Collection[str], some: Collection[str]) -> str:
    """What is said where lines were asked for and there are none, or nothing of what was asked for."""
    if LINE in drawn and LINE not in some:
        edges = [kind for kind in item.kinds if kind not in (LINE, *FILLS)]
        if not some and any(len(item.kinds[kind].strokes) for kind in edges):
            return tr(
                'No drawn lines were found in "{name}", but edges of shades, highlights or colours: tick '
                'those in the menu beside "Ink sketch".',
                name=job.title,
            )
        return tr('No drawn lines were found in "{name}".', name=job.title)
    if not some:
        return tr('Nothing of what you ticked was found in "{name}".', name=job.title)
    return ""
