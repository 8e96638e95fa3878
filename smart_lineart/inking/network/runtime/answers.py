# SPDX-License-Identifier: GPL-3.0-or-later
"""What a worker process answers, checked: it may have lost its mind before it loses its life.

Every function raises WorkerDied for nonsense, whatever the fields and bytes are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from smart_lineart.framing import Garbled
from smart_lineart.inking import errors
from smart_lineart.said import Said

from .network import KIND_TITLES, RUNTIME_TITLES, Device, Tile
from .worker_process import Answer, WorkerDied, line_of, said_by

MOST_CHANNELS = 16
MOST_DEVICES = 64
_RAISED: dict[str, type[errors.InkError]] = {
    kind.__name__: kind
    for kind in (errors.ModelError, errors.RuntimeMissing, errors.OutOfMemory, errors.BadOption)
}


def raise_error(fields: dict[str, Any]) -> None:
    """Raise the InkError an answer tells of, if it tells of one."""
    if "error" not in fields:
        return
    raise _RAISED.get(str(fields["error"]), errors.ModelError).saying(_said(fields.get("said")))


def _said(data: object) -> Said:
    try:
        return said_by(data)
    except Garbled as error:
        raise WorkerDied.babbling(error) from error


def read_names(fields: dict[str, Any]) -> tuple[str, str]:
    """The runtime and the device in use."""
    runtime, device = fields.get("runtime"), fields.get("device")
    if not isinstance(runtime, str) or not isinstance(device, str):
        raise WorkerDied.babbling("no runtime and device")
    if runtime not in RUNTIME_TITLES or device not in KIND_TITLES:
        raise WorkerDied.babbling("an unknown runtime or device")
    return runtime, device


def most_bytes_of_map(height: int, width: int) -> int:
    """Bytes that a network's output can have, of a tile of that size."""
    return MOST_CHANNELS * height * width


def read_map(answer: Answer, height: int, width: int) -> Tile:
    """A network's output, uint8 (1, C, height, width)."""
    fields, payload = answer
    shape = fields.get("shape")
    if (
        not isinstance(shape, list)
        or len(shape) != 4
        or not all(type(side) is int for side in shape)
        or [shape[0], *shape[2:]] != [1, height, width]
        or not 0 < shape[1] <= MOST_CHANNELS
        or shape[1] * height * width != len(payload)
    ):
        raise WorkerDied.babbling(f"a map of {str(shape)[:80]}, {len(payload)} bytes")
    return np.frombuffer(payload, np.uint8).reshape(shape)


def read_devices(fields: dict[str, Any]) -> list[Device]:
    """The devices the runtimes see there."""
    devices = fields.get("devices")
    if not isinstance(devices, list) or len(devices) > MOST_DEVICES:
        raise WorkerDied.babbling("no devices")
    return [_device(one) for one in devices]


def _device(one: Any) -> Device:
    texts = ("runtime", "kind", "title")
    if (
        not isinstance(one, dict)
        or set(one) != {*texts, "available", "reason"}
        or not all(isinstance(one[name], str) for name in texts)
        or one["runtime"] not in RUNTIME_TITLES
        or one["kind"] not in KIND_TITLES
    ):
        raise WorkerDied.babbling("an unknown kind of device")
    reason = None if one["reason"] is None else _said(one["reason"])
    return Device(one["runtime"], one["kind"], line_of(one["title"]), one["available"] is True, reason)
