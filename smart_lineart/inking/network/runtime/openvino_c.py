# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks and devices of OpenVINO, through its C library."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_int, c_int64, c_size_t, c_uint8, c_void_p
from pathlib import Path

import numpy as np

from smart_lineart.inking.errors import ModelError, OutOfMemory, RuntimeMissing
from smart_lineart.said import Said

from .network import KIND_TITLES, Device, DeviceFailed, Kind, Tile, short_reason, tells_out_of_memory
from .openvino_library import U8, Library, OpenVINOFault, Property, Shape, load_library
from .room import RUNTIME_BYTES, claim

RUNTIME = "openvino"


class OpenVINONetwork:
    """A model loaded by OpenVINO on one device; height and width may differ from run to run.

    Float layers run in f32 on CPU and GPU: left to itself OpenVINO takes bf16 or f16 where the hardware has
    it, and the same sketch would get other pixels on another machine. Quantised layers still run in int8.
    One call at a time; the caller sees to that.

    Raises RuntimeMissing, ModelError for a damaged file, OutOfMemory, and DeviceFailed.
    """

    def __init__(self, onnx: Path, *, device: Kind, threads: int | None) -> None:
        self._library = load_library()
        self._device = device
        self._threads = threads
        self._model: c_void_p | None = None
        self._compiled: c_void_p | None = None
        self._request: c_void_p | None = None
        self._input: Tile | None = None
        if device != "cpu" and not _named(self._library, device):
            raise DeviceFailed(_not_found(device))
        try:
            claim(RUNTIME_BYTES)
            self._model = self._read(onnx)
            self._compile()
        except BaseException:
            self.close()
            raise

    def run(self, tile: Tile) -> Tile:
        """Return uint8 (1, C, H, W) for a C-contiguous uint8 tile (1, 1, H, W), read where it lies."""
        if self._model is None:
            raise ValueError("the network was closed")
        try:
            request = self._request if self._request is not None else self._compile()
            self._set_input(request, tile)
            self._library.call("ov_infer_request_infer", request)
            return self._copy_output(request)
        except OpenVINOFault as fault:
            raise _translated(fault) from fault

    def release_memory(self) -> None:
        """Free the compiled network with its working memory; the next ``run`` compiles the model anew."""
        if self._request is not None:
            self._library.free("ov_infer_request_free", self._request)
        if self._compiled is not None:
            self._library.free("ov_compiled_model_free", self._compiled)
        self._request = self._compiled = self._input = None

    def close(self) -> None:
        """Free everything."""
        self.release_memory()
        if self._model is not None:
            self._library.free("ov_model_free", self._model)
        self._model = None

    def _read(self, onnx: Path) -> c_void_p:
        # Read here rather than by OpenVINO: its C call takes the path as bytes in an encoding that Windows
        # does not use for file names.
        try:
            data = onnx.read_bytes()
        except OSError as error:
            raise ModelError(
                "The model file {file} cannot be read ({reason}).", file=onnx, reason=error.strerror
            ) from error
        try:
            read = "ov_core_read_model_from_memory_buffer"
            model = self._library.handle(read, self._library.core, data, len(data), None)
        except OpenVINOFault as fault:
            if tells_out_of_memory(str(fault)):
                raise OutOfMemory from fault
            raise ModelError(
                "The model file {file} is damaged or not an ONNX network; reinstall Smart Lineart.", file=onnx
            ) from fault
        if not self._fits_contract(model):
            self._library.free("ov_model_free", model)
            raise ModelError(
                "The model file {file} does not take a sketch and return line geometry as bytes.", file=onnx
            )
        return model

    def _fits_contract(self, model: c_void_p) -> bool:
        # The second look at U8: were its number another one in this library, no model would fit.
        return self._port_is_bytes(model, "input") and self._port_is_bytes(model, "output")

    def _port_is_bytes(self, model: c_void_p, side: str) -> bool:
        count = c_size_t()
        self._library.call(f"ov_model_{side}s_size", model, ctypes.byref(count))
        if count.value != 1:
            return False
        port = self._library.handle(f"ov_model_const_{side}", model)
        try:
            element = c_int()
            self._library.call("ov_port_get_element_type", port, ctypes.byref(element))
            return element.value == U8
        finally:
            self._library.free("ov_output_const_port_free", port)

    def _compile(self) -> c_void_p:
        properties = _properties(self._device, self._threads)
        array = (Property * len(properties))(*(Property(key, value) for key, value in properties.items()))
        device = self._device.upper().encode()
        try:
            self._compiled = self._library.handle(
                "ov_core_compile_model_props", self._library.core, self._model, device, len(array), array
            )
            self._request = self._library.handle("ov_compiled_model_create_infer_request", self._compiled)
        except OpenVINOFault as fault:
            self.release_memory()
            raise _translated(fault) from fault
        return self._request

    def _set_input(self, request: c_void_p, tile: Tile) -> None:
        shape = Shape(tile.ndim, (c_int64 * tile.ndim)(*tile.shape))
        tensor = self._library.handle("ov_tensor_create_from_host_ptr", U8, shape, tile.ctypes.data)
        try:
            self._library.call("ov_infer_request_set_input_tensor", request, tensor)
        finally:
            self._library.free("ov_tensor_free", tensor)
        # The request goes on pointing into the tile until the next run, so the tile must live as long.
        self._input = tile

    def _copy_output(self, request: c_void_p) -> Tile:
        tensor = self._library.handle("ov_infer_request_get_output_tensor", request)
        try:
            data = self._library.handle("ov_tensor_data", tensor)
            dims = self._shape(tensor)
            return np.ctypeslib.as_array(ctypes.cast(data, POINTER(c_uint8)), dims).copy()
        finally:
            self._library.free("ov_tensor_free", tensor)

    def _shape(self, tensor: c_void_p) -> tuple[int, ...]:
        shape = Shape()
        self._library.call("ov_tensor_get_shape", tensor, ctypes.byref(shape))
        try:
            return tuple(shape.dims[: shape.rank])
        finally:
            self._library.call("ov_shape_free", ctypes.byref(shape))


def openvino_devices() -> list[Device]:
    """Return OpenVINO's devices, each kind at least once; what is not available says why."""
    try:
        library = load_library()
        return [device for kind in KIND_TITLES for device in _devices(library, kind)]
    except RuntimeMissing as error:
        reason = error.said
    except OpenVINOFault as fault:
        reason = Said("OpenVINO cannot list its devices ({reason}).", reason=short_reason(str(fault)))
    return [
        Device(RUNTIME, kind, title, available=False, reason=reason) for kind, title in KIND_TITLES.items()
    ]


def _devices(library: Library, kind: Kind) -> list[Device]:
    names = _named(library, kind)
    if not names:
        title = KIND_TITLES[kind]
        return [Device(RUNTIME, kind, title, available=False, reason=_not_found(kind))]
    return [Device(RUNTIME, kind, _title(library, name), available=True) for name in names]


def _title(library: Library, name: str) -> str:
    try:
        return library.device_title(name) or name
    except OpenVINOFault:  # a name is a nicety; the device works without it
        return name


def _named(library: Library, kind: Kind) -> list[str]:
    """OpenVINO's names for the devices of one kind: "GPU" when there is one, "GPU.0" and "GPU.1" for two."""
    return [name for name in library.devices() if name.split(".")[0] == kind.upper()]


def _not_found(kind: Kind) -> Said:
    # Translators: CPU, GPU or NPU.
    return Said("OpenVINO finds no {device} with a working driver.", device=KIND_TITLES[kind])


KEPT_KERNELS = 256
"""What OpenVINO keeps of shapes it has seen, a few dozen each. By itself it would keep 5000: a megabyte for
every page of a batch whose pages differ in size."""


def _properties(device: Kind, threads: int | None) -> dict[bytes, bytes]:
    properties = {b"PERFORMANCE_HINT": b"LATENCY"}
    if device != "npu":  # NPUs compute in f16 or int8 only
        properties[b"INFERENCE_PRECISION_HINT"] = b"f32"
        properties[b"NUM_STREAMS"] = b"1"
    if device == "cpu":
        properties[b"CPU_RUNTIME_CACHE_CAPACITY"] = str(KEPT_KERNELS).encode()
    if device == "cpu" and threads is not None:
        properties[b"INFERENCE_NUM_THREADS"] = str(threads).encode()
    return properties


def _translated(fault: OpenVINOFault) -> OutOfMemory | DeviceFailed:
    return OutOfMemory() if tells_out_of_memory(str(fault)) else DeviceFailed(str(fault))
