# SPDX-License-Identifier: GPL-3.0-or-later
"""Says where a run has found no lines."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from smart_lineart.inking import FreshInk
from smart_lineart.inking.hues.palette import Palette
from smart_lineart.krita_host.document import selected_over
from smart_lineart.studio.context import Context
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.line_hues import name_of
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.steps import Work

from .jobs import Job


def say_where_nothing_is(context: Context, job: Job, fresh: FreshInk, palette: Palette | None) -> Work:
    """In the sketch, or in what is selected of it; until its lineart is inked otherwise. `palette`: the
    colours of its lines.
    """
    memory = context.memory
    settings = memory.settings_of(job.document, job.sketch)
    say = partial(
        context.messages.say,
        of=job.document,
        so=lambda: memory.settings_of(job.document, job.sketch) == settings,
    )
    selected = yield from selected_over(job.selection, fresh.area)
    if not fresh.coverage.any() and _all_left_out(palette, job.settings.left_out):
        say(
            tr(
                'All lines of "{name}" have colours that are left out ({colours}): tick some of them in '
                '"Line colours".',
                name=job.title,
                colours=", ".join(map(name_of, palette.names if palette else ())),
            )
        )
    elif not fresh.coverage.any() and not _elsewhere(palette, job.settings):
        say(
            tr(
                'No lines were found in "{name}": drag "Light lines" or "Simplify ↔ Detail" to '
                "the right to find more.",
                name=job.title,
            )
        )
    elif selected is not None and not fresh.coverage[selected > 0].any():
        say(
            tr(
                'No lines of "{name}" were found inside the selection: select where it has some, or '
                "select nothing to ink all of it.",
                name=job.title,
            )
        )


def _elsewhere(palette: Palette | None, settings: InkSettings) -> bool:
    """Whether lines are inked into layers of single colours."""
    names = palette.names if palette is not None else ()
    return any(settings.inked(names, hue) for hue in settings.apart(names))


def _all_left_out(palette: Palette | None, left_out: Collection[str]) -> bool:
    """Of a sketch in one colour none is."""
    return palette is not None and len(palette.hues) > 1 and set(palette.names) <= set(left_out)


def nothing_found_in(times: list[int], *, of_some: bool) -> str:
    """Says in which frames there is no line, `of_some` colours alone; "" where there are some in all."""
    if not times:
        return ""
    if of_some:
        return tr(
            "No lines but of colours that are left out were found in these frames: {frames}.",
            frames=", ".join(map(str, times)),
        )
    return tr("No lines were found in these frames: {frames}.", frames=", ".join(map(str, times)))
