# SPDX-License-Identifier: GPL-3.0-or-later
"""Training cuts its truth with numbers of its own, none of which follows the shipped model's."""

from __future__ import annotations

import ast
import inspect
from dataclasses import fields

from training import truth


def test_every_pinned_number_is_written_down() -> None:
    pinned = {
        node.func.id: {keyword.arg for keyword in node.keywords}
        for node in ast.walk(ast.parse(inspect.getsource(truth)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("Tuning")
    }
    assert pinned == {
        kind: {one.name for one in fields(getattr(truth, kind))}
        for kind in ("SpurTuning", "LensTuning", "ScaleTuning")
    }
