# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the system still has the memory that a native library is about to take.

Not every library survives an allocation that fails: by processor and by place OpenVINO says so, ends the
process, or returns an empty map. So the system is asked first, for all of it at once.
"""

from __future__ import annotations

import mmap
import sys

from smart_lineart.inking.errors import OutOfMemory

BYTES_PER_PIXEL = 170
"""Of a tile's window inside a float32 network, measured with both runtimes; of an int8 network it is half."""

RUNTIME_BYTES = 64 << 20
"""What a runtime takes besides: code made for the processor and the stacks of its threads."""


def claim(size: int) -> None:
    """Raise OutOfMemory unless the system would give `size` more bytes now. What is claimed is given back."""
    try:
        if sys.platform == "win32":
            mmap.mmap(-1, size).close()
        else:
            mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except (OSError, MemoryError) as error:
        raise OutOfMemory from error


def claim_for_tile(pixels: int) -> None:
    """`claim` what a network takes to run over a tile of so many pixels."""
    claim(RUNTIME_BYTES + BYTES_PER_PIXEL * pixels)
