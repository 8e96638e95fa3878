# SPDX-License-Identifier: GPL-3.0-or-later
"""Inference runtimes behind one interface: OpenVINO through its C library, and ONNX Runtime.

Both read the same model file. Neither is imported before a network is loaded or devices are listed.
"""

from __future__ import annotations

from .network import Device, Network
from .selection import list_devices, load_network

__all__ = ["Device", "Network", "list_devices", "load_network"]
