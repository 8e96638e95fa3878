# SPDX-License-Identifier: GPL-3.0-or-later
"""A run over keyframes: each is inked by itself, into a layer with the same keyframes."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from smart_lineart.inking import DamagedRecord, Rect
from smart_lineart.inking.hues.palette import Palette
from smart_lineart.inking.renewing.regional import Values, values_of
from smart_lineart.krita_host import frames
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.context import Context
from smart_lineart.studio.document.copies import free_name
from smart_lineart.studio.engine import CachedFeatures, Earlier, Engine
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.line_hues import find_palette, lines_of
from smart_lineart.studio.steps import Work

from .frame_renewal import FrameRenewal, InkedFrame
from .jobs import Job, JobState
from .nothing_found import nothing_found_in
from .renewing import sentence_of_steps
from .settling import stay_on, wait_for_pen
from .sketch import Problem, living_sketch, read


def ink_frames(context: Context, job: Job) -> Work:
    """All of it. Raises Problem."""
    layer = living_sketch(job)
    times = _times(job, layer)
    first = context.memory.lineart_in_use(job.document, job.sketch) is None
    suits = job.settings.auto and (first or job.unsuited)
    inked = yield from _ink_each(context, job, layer, times, suits=suits)
    yield from wait_for_pen()
    job.enter(JobState.writing)
    layer = living_sketch(job)
    used = context.memory.lineart_in_use(job.document, job.sketch)
    old, older = (None, used) if job.keep_copy else (used, None)
    steps = "" if old is None else sentence_of_steps(old)
    if steps:
        context.messages.say(steps, of=job.document)
    renewal = FrameRenewal(context, job, inked, old=old, older=older)

    def ink_of(copy: Layer, moment: int) -> Work:
        job.at_frame(times.index(moment) + 1, len(times))
        return (yield from renewal.ink_of(copy, moment))

    name = free_name(job.document, tr("Lineart: {name}", name=layer.name))
    copy = yield from frames.make_frames(job.document, layer, old, name, times, ink_of, job.selection)
    fading = None
    if used is None:
        fading = yield from context.reveal.before_first_ink(job.document, living_sketch(job))
    layer = living_sketch(job)
    job.commit()
    renewal.remember(copy)  # first: Krita selects the layer that comes, and a click may come
    active = job.document.active_layer()
    older = context.memory.lineart_in_use(job.document, job.sketch) if job.keep_copy else None
    frames.put_frames(job.document, layer, old, copy)
    unfaded = context.reveal.at_first_ink(job.document, layer, fading) if fading is not None else ""
    # Else the older one shows more than the new one.
    if (
        older is not None
        and job.selection is None
        and len(times) == len(frames.key_times(job.document, layer))
    ):
        context.copies.hide(job.document, job.sketch, older)
    if active is not None and (old is None or active.identity != old.identity):
        yield from stay_on(job.document, active, copy)
    without = [moment for moment in times if moment not in inked or inked[moment].whole.empty]
    if renewal.left or without or unfaded:
        blank = nothing_found_in(without, of_some=bool(job.settings.left_out))
        said = filter(None, (steps, renewal.sentence(), blank, unfaded))
        context.messages.say(" ".join(said), of=job.document)


def _times(job: Job, layer: Layer) -> list[int]:
    assert job.frames is not None
    times = [
        moment for moment in frames.key_times(job.document, layer) if job.frames[0] <= moment <= job.frames[1]
    ]
    if not times:
        raise Problem('There is no keyframe of "{name}" in that range.', name=layer.name)
    return times


def _ink_each(context: Context, job: Job, layer: Layer, times: list[int], *, suits: bool) -> Work:
    """Frames' ink by their times. `suits`: all as thick as suits the first one with a drawing in it.

    Colours are left out by those of all frames together, in the order they are met: frames that were inked
    before the last one was met are inked once more.
    """
    inked: dict[int, InkedFrame] = {}
    known: dict[int, Palette | None] = {}  # of the frame and those before it
    palette: Palette | None = None
    for number, moment in enumerate(times):
        suit = suits and all(one.whole.empty for one in inked.values())
        done = yield from _ink_frame(context, job, layer, times, moment, palette, suits=suit)
        if done is not None:
            inked[moment], palette = done
            known[moment] = palette
        job.report((number + 1) / len(times) * 0.95)
    for moment in [moment for moment in inked if known[moment] != palette]:
        done = yield from _ink_frame(context, job, layer, times, moment, palette, suits=False)
        if done is not None:
            inked[moment] = done[0]
    return inked


def _ink_frame(
    context: Context,
    job: Job,
    layer: Layer,
    times: list[int],
    moment: int,
    palette: Palette | None,
    *,
    suits: bool,
) -> Work:
    """A frame's ink, and the colours known before with its own; None of a blank one, which stays blank."""
    job.at_frame(times.index(moment) + 1, len(times))
    area = frames.frame_area(job.document, layer, moment)
    try:
        sketch = yield from read(layer, area, moment)
    except Problem:
        return None
    job.enter(JobState.inking)
    parts = _parts_at(context, job, moment)
    ink_one = partial(_ink_one, context.engine, job, sketch, area, palette, parts=parts, suits=suits)
    return (yield context.ink_worker.submit(ink_one))


def _parts_at(context: Context, job: Job, moment: int) -> list[Values]:
    """What was set for parts of a frame of the lineart there is."""
    used = context.memory.lineart_in_use(job.document, job.sketch)
    if used is None or job.selection is not None:
        return []
    with suppress(DamagedRecord):  # told, or left alone, once that frame's turn comes
        record = context.memory.records.get(job.document, used.identity, moment)
        return [values_of(region) for region in record.regions] if record is not None else []
    return []


def _ink_one(
    engine: Engine,
    job: Job,
    sketch: Any,
    area: Rect,
    palette: Palette | None,
    *,
    parts: list[Values],
    suits: bool,
) -> tuple[InkedFrame, Palette | None]:
    cancelled = lambda: job.cancelled  # noqa: E731
    features = engine.prepare(sketch, job.settings, lambda _: None, cancelled)
    if suits:
        job.settings = job.settings.suited(features.suiting_thickness())
    settings = (job.settings, *(job.settings.with_values(values) for values in parts))
    if any(own.left_out for own in settings):
        first = CachedFeatures(
            job.document, job.sketch, features, area, job.settings.detail, read=sketch, palette=palette
        )
        find_palette(first, cancelled)
        palette = first.palette
    known, drawn = {job.settings.detail: features}, []
    auto = None if job.settings.detail else features.scale
    earlier = Earlier(calibration=features.calibration, auto_scale=auto)
    for own in settings:
        if own.detail not in known:
            known[own.detail] = engine.prepare(sketch, own, lambda _: None, cancelled, earlier)
        lines = CachedFeatures(
            job.document, job.sketch, known[own.detail], area, own.detail, read=sketch, palette=palette
        )
        ink = engine.render(lines_of(lines, own), own, cancelled=cancelled)
        drawn.append(frames.FrameInk.pack(ink, area))
    return InkedFrame(drawn[0], tuple(zip(parts, drawn[1:], strict=True))), palette
