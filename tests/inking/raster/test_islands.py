# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a page where there is something to do."""

import numpy as np
import pytest

from smart_lineart.inking.raster.islands import find_islands

REACH = 8


def random_marks(seed, shape=(150, 203), count=12):
    marked = np.zeros(shape, np.bool_)
    random = np.random.default_rng(seed)
    for _ in range(count):
        y, x = random.integers(0, shape[0]), random.integers(0, shape[1])
        marked[y : y + random.integers(1, 12), x : x + random.integers(1, 12)] = True
    return marked


@pytest.mark.parametrize("seed", range(8))
def test_each_mark_is_in_one_island_with_room_around_it(seed):
    marked = random_marks(seed)
    times = np.zeros(marked.shape, np.int64)
    for window, own in find_islands(marked, REACH):
        times[window] += own
    near = np.zeros(marked.shape, np.bool_)
    for y, x in np.argwhere(marked):
        near[max(0, y - REACH) : y + REACH + 1, max(0, x - REACH) : x + REACH + 1] = True
    assert times.max() == 1
    assert times[near].all()


def test_blank_paper_between_them_is_left_out():
    marked = np.zeros((400, 400), np.bool_)
    marked[20:30, 20:30] = marked[350:360, 350:360] = True
    windows = [own.size for _, own in find_islands(marked, REACH)]
    assert len(windows) == 2
    assert sum(windows) < 0.05 * marked.size


def test_no_marks_no_islands():
    assert not list(find_islands(np.zeros((50, 60), np.bool_), REACH))
    assert not list(find_islands(np.zeros((0, 0), np.bool_), REACH))


def test_windows_that_lie_in_each_other_are_one():
    marked = np.zeros((1000, 1000), np.bool_)
    for inset in range(0, 500, 60):  # frames in frames
        marked[inset : 1000 - inset, inset] = marked[inset : 1000 - inset, 999 - inset] = True
        marked[inset, inset : 1000 - inset] = marked[999 - inset, inset : 1000 - inset] = True
    ((window, own),) = find_islands(marked, REACH)
    assert own.all()
    assert marked[window].shape == own.shape == marked.shape
