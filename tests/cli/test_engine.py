# SPDX-License-Identifier: GPL-3.0-or-later
"""How the command gets hold of the engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from smart_lineart.cli import engine

HALF_A_GIGABYTE = 512 << 20


@pytest.mark.parametrize(
    ("limit", "apart"),
    [(300 << 20, True), (HALF_A_GIGABYTE - 1, True), (HALF_A_GIGABYTE, False), (1 << 30, False)],
)
def test_large_arrays_are_kept_apart_only_where_memory_is_tight(monkeypatch, limit: int, apart: bool) -> None:
    said: list[str] = []
    made: list[dict[str, object]] = []
    monkeypatch.setattr(engine, "keep_large_apart", lambda: said.append("apart"))
    monkeypatch.setattr(engine, "Inker", lambda **options: made.append({**options, "after": list(said)}))
    asked = {"runtime": "auto", "device": "CPU", "model": Path("model"), "notify": said.append}
    engine.open_inker(memory_limit=limit, **asked)
    expected = ["apart"] if apart else []
    assert made == [{**asked, "memory_limit": limit, "after": expected}], "before anything large is taken"
