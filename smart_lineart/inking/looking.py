# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at a page: which views of it there are, and which one suits it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.features import Seen
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.lines.uncertainty import Settled, find_zones, is_searching, page_from_afar, settle
from smart_lineart.inking.network.maps import Prediction
from smart_lineart.inking.page.calibration import Calibration
from smart_lineart.inking.page.pixel_art import block_size
from smart_lineart.inking.page.roughness import Observation, needs_no_far_look, roughness
from smart_lineart.inking.page.scale import scale_by_roughness
from smart_lineart.inking.page.sketch import Sketch
from smart_lineart.inking.page.survey import (
    Survey,
    View,
    read_working,
    reread_working,
    survey,
    view_again,
    view_anew,
    what_lies_under,
    working_size,
)
from smart_lineart.inking.progress import Cancel, Progress
from smart_lineart.inking.tuning import Tuning
from smart_lineart.said import Said


@dataclass(frozen=True)
class Looks:
    """Looks at pages.

    Attributes:
        tuning: the numbers that go with the network.
        halo: px around a place that the network sees with it.
        largest_scale: the working scale at which a page of a size (height, width) fits the memory limit.
        run: the network over a page's darkness, as far as that is another than in an earlier prediction.
        notify: is told when a page cannot be seen as closely as it should be.
    """

    tuning: Tuning
    halo: int
    largest_scale: Callable[[tuple[int, int]], float]
    run: Callable[[Bytes, Prediction | None, Progress, Cancel], Bytes]
    notify: Callable[[Said], None]

    def scale(self, page: Sketch, report: Progress, cancelled: Cancel) -> float:
        """The working px per page px that suit a page."""
        return self._choose(page, self._views(page, None), report, cancelled)[0]

    def at(
        self,
        page: Sketch,
        detail: float | None,
        calibration: Calibration | None,
        seen: Seen | None,
        changed: Rect | None,
        report: Progress,
        cancelled: Cancel,
    ) -> tuple[View, Prediction | None]:
        """See a page as before if that suits it, or anew; and what the network said of it, if it was asked.

        Arguments are those of :meth:`Inker.prepare`.
        """
        if calibration is not None and calibration.detail == detail:
            view = self._again(page, calibration, seen, changed)
            if view is not None:
                return view, None
        return self._first(page, detail, lambda done: report(0.1 + 0.7 * done), cancelled)

    def _first(
        self, page: Sketch, detail: float | None, report: Progress, cancelled: Cancel
    ) -> tuple[View, Prediction | None]:
        """See a page for the first time, and what the network says of it where it had to be asked."""
        views = self._views(page, detail)
        scale, view, answer = self._choose(page, views, report, cancelled)
        if view is None:
            seen = views[0].calibration
            assert seen is not None
            found = Survey([], seen.sheet, seen.toned, seen.block)
            view = view_anew(read_working(page, scale, seen.block), page.size, scale, None, found)
        return view, answer

    def _views(self, page: Sketch, detail: float | None) -> list[View]:
        """The views of a page that may suit it, the closest first."""
        largest = self.largest_scale(page.size)
        if detail is not None:
            block = block_size(page)
            seen = read_working(page, min(detail, largest), block)
            found = Survey([(detail, seen)], *what_lies_under(seen), block)
        else:
            found = survey(page, largest, self.tuning.scale)
        if not found.looks:
            return [View.blank(np.zeros((0, 0), np.uint16), 1.0)]
        views: list[View] = []
        for wanted, luma in found.looks:
            scale = min(wanted, largest)
            if scale < wanted and not views:
                self.notify(
                    Said(
                        "The page is too large for its detail within the memory limit; {scale} is used.",
                        scale=f"{scale:.2g}",
                    )
                )
            if not views or scale < views[-1].scale:
                seen = read_working(page, scale, found.block) if luma is None else luma
                views.append(view_anew(seen, page.size, scale, detail, found))
        return views

    def _choose(
        self, page: Sketch, views: list[View], report: Progress, cancelled: Cancel
    ) -> tuple[float, View | None, Prediction | None]:
        """The scale that suits a page: that of a close view or of one from afar, one between or one closer.

        With it the view that has it, if one does, and what the network says of that, if it was asked.
        """
        if len(views) == 1 or any(view.calibration is None for view in views):
            return views[0].scale, views[0], None
        tuning, maps, answers = self.tuning.roughness, self.tuning.tracing.maps, []

        def observe(number: int) -> Observation:
            def share(done: float) -> None:
                report((number + done) / len(views))

            channels = self.run(views[number].darkness, None, share, cancelled)
            answers.append(Prediction(views[number].darkness, channels))
            said = answers[number].named
            return Observation(views[number].darkness, said.line, said.solid, tuning, maps)

        near = observe(0)
        single = needs_no_far_look(near, tuning)
        rough = tuning.closer if single else roughness(near, observe(1), tuning)
        if rough in (0.0, 1.0):
            return views[int(rough)].scale, views[int(rough)], answers[int(rough)]
        scale = scale_by_roughness(views[0].scale, views[1].scale, rough)
        return min(scale, max(views[0].scale, self.largest_scale(page.size))), None, None

    def _again(
        self, page: Sketch, calibration: Calibration, seen: Seen | None, changed: Rect | None
    ) -> View | None:
        """See a page as before, or None if that suits it no more."""
        if calibration.scale > self.largest_scale(page.size):
            return None
        shape = working_size(page.size, calibration.scale)
        if changed is not None and seen is not None and seen.luma.shape == shape:
            luma = reread_working(page, seen.luma, calibration.scale, calibration.block, changed)
        else:
            luma = read_working(page, calibration.scale, calibration.block)
        return view_again(luma, page.size, calibration)

    def in_doubt(
        self, view: View, line: Bytes, seen: Seen | None, report: Progress, cancelled: Cancel
    ) -> tuple[Calibration, Settled, Prediction | None]:
        """Look again where the network is in doubt, if that is how the page is seen; what both looks say."""
        assert view.calibration is not None
        calibration, tuning = view.calibration, self.tuning.uncertainty
        zones = find_zones(line, tuning)
        if view.fresh:
            searching = is_searching(line, zones, tuning, self.tuning.tracing.maps)
            calibration = replace(calibration, searching=searching)
        if not (calibration.searching and zones):
            return calibration, Settled(line, view.darkness, {}), None
        page = page_from_afar(view.darkness, zones, self.halo, tuning)
        known = seen.from_afar if seen is not None else None
        said = self.run(page, known, lambda done: report(0.6 + 0.25 * done), cancelled)
        from_afar, verdicts = Prediction(page, said), seen.verdicts if seen is not None else {}
        settled = settle(line, view.darkness, zones, from_afar, verdicts, tuning, self.tuning.tracing)
        return calibration, settled, from_afar
