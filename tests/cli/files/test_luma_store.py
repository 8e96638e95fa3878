# SPDX-License-Identifier: GPL-3.0-or-later
"""A page's luma in memory or on disk: where it lies, its rounding, and disks that have no room."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest

from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files import luma_store
from smart_lineart.cli.files.luma_store import LumaStore, PageSketch


def test_a_page_of_just_so_many_bytes_stays_in_memory(tmp_path: Path) -> None:
    assert not LumaStore(10, 20, "uint16", in_memory=400, folder=tmp_path).in_file
    assert LumaStore(10, 20, "uint16", in_memory=399, folder=tmp_path).in_file
    assert not LumaStore(10, 20, "uint8", in_memory=200, folder=tmp_path).in_file


@pytest.mark.parametrize("in_memory", [0, 1 << 20], ids=["disk", "memory"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_luma_is_rounded_and_kept_within_black_and_white(tmp_path: Path, in_memory: int, dtype: str) -> None:
    store = LumaStore(3, 4, dtype, in_memory=in_memory, folder=tmp_path)
    full = np.iinfo(dtype).max
    store.write(0, np.zeros((1, 4), np.float32))
    store.write(1, np.array([[-0.5, 0.4 / full, 0.6 / full, 1.5], [1, 0.5, 0.25, 0]], np.float32))
    assert store.array[0].tolist() == [0, 0, 0, 0]
    assert store.array[1].tolist() == [0, 0, 1, full]
    assert store.array[2].tolist() == [full, round(full / 2), round(full / 4), 0]
    rows = PageSketch(store).read_luma(1, 3)
    assert rows.dtype == np.float32
    assert rows[1] == pytest.approx([1, 0.5, 0.25, 0], abs=0.5 / full + 1e-6)


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (2 << 20) + 5])
def test_room_is_taken_at_once_also_where_the_system_has_no_call_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """macOS has none. A file of holes would end the process when the disk is full."""
    monkeypatch.delattr(os, "posix_fallocate", raising=False)
    with tempfile.TemporaryFile(dir=tmp_path) as file:
        luma_store._allocate(file, size)
        about = os.fstat(file.fileno())
        assert about.st_size == size
        assert about.st_blocks * 512 >= size


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="the system has no call for it")
def test_room_is_taken_at_once(tmp_path: Path) -> None:
    store = LumaStore(1000, 1000, "uint8", in_memory=0, folder=tmp_path)
    assert store.in_file
    with tempfile.TemporaryFile(dir=tmp_path) as file:
        luma_store._allocate(file, 1_000_000)
        about = os.fstat(file.fileno())
        assert (about.st_size, about.st_blocks * 512 >= 1_000_000) == (1_000_000, True)


@pytest.mark.parametrize(
    ("number", "error", "words"),
    [(errno.ENOSPC, FileError, "the disk is full"), (errno.ENOMEM, MemoryError, None)],
)
def test_a_disk_without_room_is_told_and_short_memory_is_short_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception], words: str | None
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(luma_store, "_allocate", fail)
    with pytest.raises(error, match=words) as caught:
        LumaStore(10, 20, "uint8", in_memory=0, folder=tmp_path)
    if words:
        assert str(caught.value) == f"The page does not fit into {tmp_path}: the disk is full."
    assert list(tmp_path.iterdir()) == []


class Map:
    """Notes how a map's memory is given back."""

    def __init__(self) -> None:
        self.given_back = 0

    def madvise(self, option: int) -> None:
        assert option == luma_store.mmap.MADV_DONTNEED
        self.given_back += 1


@pytest.mark.skipif(not hasattr(luma_store.mmap, "MADV_DONTNEED"), reason="the system takes no such advice")
def test_rows_on_disk_hold_no_memory_once_written_or_read(tmp_path: Path) -> None:
    store = LumaStore(4, 4, "uint8", in_memory=0, folder=tmp_path)
    store._map = noted = Map()  # type: ignore[assignment]
    store.write(0, np.zeros((2, 4), np.float32))
    assert noted.given_back == 1
    PageSketch(store).read_luma(0, 2)
    assert noted.given_back == 2


TURNED = {
    1: [[1, 2, 3], [4, 5, 6]],
    2: [[3, 2, 1], [6, 5, 4]],
    3: [[6, 5, 4], [3, 2, 1]],
    4: [[4, 5, 6], [1, 2, 3]],
    5: [[1, 4], [2, 5], [3, 6]],
    6: [[4, 1], [5, 2], [6, 3]],
    7: [[6, 3], [5, 2], [4, 1]],
    8: [[3, 6], [2, 5], [1, 4]],
}


@pytest.mark.parametrize("orientation", TURNED)
def test_a_page_is_read_as_it_should_be_seen(tmp_path: Path, orientation: int) -> None:
    store = LumaStore(2, 3, "uint8", in_memory=100, folder=tmp_path)
    store.write(0, np.array([[1, 2, 3], [4, 5, 6]], np.float32) / 255)
    page = PageSketch(store, orientation)
    expected = np.array(TURNED[orientation])
    assert page.size == expected.shape
    assert np.array_equal(np.rint(page.read_luma(0, page.size[0]) * 255), expected)
