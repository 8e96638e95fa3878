# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory this process holds, and how much it has held."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from pathlib import Path

ASSUMED = 160 << 20
"""What the command is taken to hold before the first page, where the system does not tell."""

LARGE = 1 << 20  # bytes of an array that has memory of its own
_M_MMAP_THRESHOLD = -3  # as glibc's malloc.h has it

_STATUS, _STATM = Path("/proc/self/status"), Path("/proc/self/statm")


def peak_memory() -> int | None:
    """The most memory this process has held so far, in bytes; None where the system does not tell."""
    if _STATUS.exists():  # Linux, where getrusage counts what the parent held before this program began
        fields = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
        return int(fields["VmHWM"].split()[0]) * 1024
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # macOS counts bytes, the BSDs kilobytes


def memory_now() -> int:
    """The memory this process holds, in bytes; a guess where the system does not tell."""
    return _pages(1) or ASSUMED


def keep_large_apart() -> None:
    """Have large arrays leave no holes behind in the heap, as far as the C library can be told.

    It takes them from its heap once it has seen one freed, and a batch leaves holes there. Takes a tenth
    more time.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):  # glibc's alone
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE)


def give_back() -> None:
    """Give the system what is free in this process's heap, where the C library does so on demand."""
    with contextlib.suppress(OSError, AttributeError, TypeError):  # glibc's alone
        ctypes.CDLL(None).malloc_trim(0)


def address_space() -> int | None:
    """How much address space this process has taken, in bytes; None where the system does not tell."""
    return _pages(0)


def address_space_limit() -> int | None:
    """How much address space this process may take, as `ulimit -v` sets it, in bytes; None: any."""
    if address_space() is None:  # Windows has no such limit, macOS does not keep it
        return None
    import resource

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit


def _pages(column: int) -> int | None:
    try:
        return int(_STATM.read_text().split()[column]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return None
