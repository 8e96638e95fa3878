# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel limits the memory of the worker process's group, and kills what does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from smart_lineart.inking import Inker, OutOfMemory
from smart_lineart.inking.network.runtime import interpreters, isolated
from smart_lineart.said import Said
from tests.inking.memory_groups import NoGroup, killed_in, memory_group, python_in

# The process takes 135 MB for the whole page in one tile, and 50 MB before it has seen any.
TIGHT, MUCH_TOO_TIGHT, TOO_TIGHT_FOR_PYTHON = 90 << 20, 30 << 20, 8 << 20


@pytest.fixture
def limited(tmp_path: Path, monkeypatch) -> Iterator[Callable[[int], Path]]:
    """Let worker processes have so many bytes together; returns their group."""
    monkeypatch.setattr(isolated, "_unfit", {})
    made = []

    def limit(most: int) -> Path:
        group = memory_group(most)
        try:
            folder = group.__enter__()
        except NoGroup as reason:
            pytest.skip(f"NOT TESTED WITH A MEMORY GROUP: {reason}")
        made.append(group)
        monkeypatch.setenv(interpreters.CHOICE_VARIABLE, str(python_in(folder, tmp_path)))
        return folder

    yield limit
    for group in made:
        group.__exit__(None, None, None)


def page(height: int, width: int) -> np.ndarray:
    sketch = np.full((height, width), 255, np.uint8)
    sketch[100 : height - 100 : 40] = 0
    return sketch


def test_what_the_kernel_kills_for_memory_is_inked_in_smaller_tiles(limited) -> None:
    sketch = page(1200, 1600)
    with Inker(runtime="openvino") as plain:
        wanted = plain.ink(sketch, detail=1.0)
    group = limited(TIGHT)
    notices: list[Said] = []
    with Inker(runtime="openvino", isolated=True, notify=notices.append) as inker:
        assert np.array_equal(inker.ink(sketch, detail=1.0), wanted)
    assert killed_in(group) == 2
    assert list(map(str, notices)) == ["Memory ran short; inking goes on in smaller tiles."]


@pytest.mark.parametrize("most", [MUCH_TOO_TIGHT, TOO_TIGHT_FOR_PYTHON])
def test_where_nothing_fits_it_is_said_and_this_process_does_not_take_over(limited, most: int) -> None:
    group = limited(most)
    with Inker(runtime="openvino", isolated=True) as inker:
        with pytest.raises(OutOfMemory):
            inker.ink(page(500, 600), detail=1.0)
        assert inker.isolated
    assert killed_in(group) > 1
