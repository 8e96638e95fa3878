# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers that training cuts its truth with: pinned here, whatever those of the shipped model become.

A network learns from lines that were tidied with these. Were they the model's own, tuning it would change the
truth of the next one, and no two trainings could be compared.
"""

from __future__ import annotations

from smart_lineart.inking.lines.graph import Graph
from smart_lineart.inking.lines.spurs import SpurTuning, prune_spurs
from smart_lineart.inking.page.scale import ScaleTuning
from training.lenses import LensTuning, merge_lenses

SPURS = SpurTuning(spur=7.0, burr=1.5)
LENSES = LensTuning(lens=10.0)
SCALES = ScaleTuning(
    close=1320,
    far=920,
    usual_width=4.0,
    by_width=0.2,
    least_width=0.8,
    most_width=11.0,
    small_page=800,
)


def tidy(graph: Graph) -> None:
    """Take burrs and eyelets out of the middle of several passes."""
    prune_spurs(graph, SPURS)
    merge_lenses(graph, LENSES)
    prune_spurs(graph, SPURS)
