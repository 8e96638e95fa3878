# SPDX-License-Identifier: GPL-3.0-or-later
"""What every inference runtime offers: devices, and networks that turn a tile into line geometry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from smart_lineart.said import Said, one_line

Kind = Literal["cpu", "gpu", "npu"]
Tile = npt.NDArray[np.uint8]

RUNTIME_TITLES = {"openvino": "OpenVINO", "onnxruntime": "ONNX Runtime"}
KIND_TITLES: dict[Kind, str] = {"cpu": "CPU", "gpu": "GPU", "npu": "NPU"}

_REASON_LENGTH = 200
# Places in the runtimes' source code, and ONNX Runtime's error numbers: nothing an artist could use.
_SOURCE_PLACE = re.compile(
    r"(Exception from|Check '.*' failed at) \S+:\d+:?"
    r"|\[ONNXRuntimeError\] : \d+ : \w+ : "
    r"|/\S+/onnxruntime/\S+:\d+ "
)
_MEMORY_SIGNS = (
    "bad_alloc",
    "out of memory",
    "not enough memory",
    "failed to allocate",
    "can't alloc",  # OpenVINO's CPU plugin; an allocation that fails within a convolution
    "out_of_memory",
    "outofmemory",
    "cl_out_of_",
    "cl_mem_object_allocation_failure",
    "could not create a memory",
    "pthread_create failed",  # a thread whose stack finds no room
)


@dataclass(frozen=True)
class Device:
    """A device of a runtime. ``reason`` says why it is not available, and is None when it is."""

    runtime: str
    kind: Kind
    title: str
    available: bool
    reason: Said | None = None


class Network(Protocol):
    """A model loaded on a device. Every method may be called from any thread; calls wait for one another."""

    @property
    def runtime_name(self) -> str:
        """The runtime in use now, "openvino" or "onnxruntime"."""

    @property
    def device_name(self) -> str:
        """The device in use now, "cpu", "gpu" or "npu"; a failure during ``run`` can change it to "cpu"."""

    def run(self, tile: Tile) -> Tile:
        """Return uint8 (1, C, H, W) for a uint8 tile (1, 1, H, W); H and W are multiples of 16.

        Raises ModelError when the model cannot be run, OutOfMemory, and ValueError for any other tile.
        """

    def release_memory(self) -> None:
        """Give working memory back to the system; the next ``run`` takes it again, and is slower for it."""

    def close(self) -> None:
        """Free everything. Closing twice is allowed; ``run`` afterwards raises ValueError."""


class DeviceFailed(Exception):
    """A device cannot load or run a network; ``reason`` is short and technical, not yet a sentence."""

    def __init__(self, reason: Said | str) -> None:
        self.reason = short_reason(reason) if isinstance(reason, str) else reason
        super().__init__(str(self.reason))


def short_reason(message: str) -> Said | str:
    """Return what a native library's message says, on one line, without the places in its source code."""
    told = one_line(_SOURCE_PLACE.sub("", message))
    if not told:
        return Said("no reason given")
    if len(told) > _REASON_LENGTH:
        told = told[: _REASON_LENGTH - 1] + "…"
    return told.rstrip(".")


def tells_out_of_memory(message: str) -> bool:
    """Whether a native library's message means that an allocation failed."""
    lowered = message.lower()
    return any(sign in lowered for sign in _MEMORY_SIGNS)
