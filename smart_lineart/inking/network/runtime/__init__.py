# SPDX-License-Identifier: GPL-3.0-or-later
"""Inference runtimes behind one interface: OpenVINO through its C library, and ONNX Runtime.

Both read the same model file. Neither is imported before a network is loaded or devices are listed.
"""

from __future__ import annotations

from .isolated import IsolatedNetwork, list_devices_isolated, why_not_isolated
from .network import Device, Network
from .room import BYTES_PER_PIXEL
from .selection import list_devices, load_network

__all__ = [
    "BYTES_PER_PIXEL",
    "Device",
    "IsolatedNetwork",
    "Network",
    "list_devices",
    "list_devices_isolated",
    "load_network",
    "why_not_isolated",
]
