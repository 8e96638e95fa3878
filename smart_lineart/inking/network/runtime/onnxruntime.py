# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks and devices of ONNX Runtime, the alternative to OpenVINO."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from smart_lineart.inking.errors import ModelError, OutOfMemory, RuntimeMissing
from smart_lineart.said import Said

from .cores import physical_cores
from .network import KIND_TITLES, Device, DeviceFailed, Kind, Tile, short_reason, tells_out_of_memory

RUNTIME = "onnxruntime"

_CPU_PROVIDER = "CPUExecutionProvider"
# Providers of GPUs, best first. Without TF32 CUDA computes in f32, as the CPU does.
_GPU_PROVIDERS: dict[str, tuple[str, dict[str, str]]] = {
    "CUDAExecutionProvider": ("GPU (CUDA)", {"use_tf32": "0"}),
    "MIGraphXExecutionProvider": ("GPU (MIGraphX)", {}),
    "ROCMExecutionProvider": ("GPU (ROCm)", {}),
    "DmlExecutionProvider": ("GPU (DirectML)", {}),
    "CoreMLExecutionProvider": ("GPU (Core ML)", {}),
}
_FATAL = 4  # log severity; everything below it stays off the terminal
_PACKAGES_VARIABLE = "SMART_LINEART_PACKAGES"  # where a packaged plugin looks for packages that were added


class ONNXRuntimeNetwork:
    """A model loaded by ONNX Runtime on one device; height and width may differ from run to run.

    One call at a time; the caller sees to that.
    Raises RuntimeMissing, ModelError for a damaged file, OutOfMemory, and DeviceFailed.
    """

    def __init__(self, onnx: Path, *, device: Kind, threads: int | None) -> None:
        self._module = _load_module()
        self._faults = _faults()
        self._threads = threads
        self._provider = _provider(self._module, device)
        self._data: bytes | None = _read(onnx)
        try:
            self._session: Any = self._open()
        except self._faults as fault:
            if tells_out_of_memory(str(fault)):
                raise OutOfMemory from fault
            if device != "cpu":
                raise DeviceFailed(str(fault)) from fault
            raise ModelError(
                "The model file {file} is damaged or not an ONNX network; reinstall Smart Lineart.", file=onnx
            ) from fault
        if not _fits_contract(self._session):
            raise ModelError(
                "The model file {file} does not take a sketch and return line geometry as bytes.", file=onnx
            )

    def run(self, tile: Tile) -> Tile:
        """Return uint8 (1, C, H, W) for a C-contiguous uint8 tile (1, 1, H, W)."""
        if self._data is None:
            raise ValueError("the network was closed")
        try:
            if self._session is None:
                self._session = self._open()
            (output,) = self._session.run(None, {self._session.get_inputs()[0].name: tile})
        except self._faults as fault:
            if tells_out_of_memory(str(fault)):
                raise OutOfMemory from fault
            raise DeviceFailed(str(fault)) from fault
        # A copy: the array handed out lies in the session's arena and would keep all of it alive.
        return np.array(output)

    def release_memory(self) -> None:
        """Free the session with its arenas; the model stays, and ``run`` opens another session."""
        self._session = None

    def close(self) -> None:
        """Free everything."""
        self._session = self._data = None

    def _open(self) -> Any:
        session = self._module.InferenceSession(
            self._data,
            _session_options(self._module, self._threads),
            providers=self._provider,
            enable_fallback=0,  # it would print to the terminal, and say nothing to the caller
        )
        # A GPU provider that cannot load its libraries drops out of the list without an error.
        if session.get_providers()[0] != self._provider[0][0]:
            raise DeviceFailed(
                Said(
                    "{provider} could not load its libraries or finds no device",
                    provider=self._provider[0][0],
                )
            )
        return session


def onnxruntime_devices() -> list[Device]:
    """Return ONNX Runtime's devices, each kind at least once; what is not available says why.

    A GPU provider is listed as available when it was built in; whether its driver works shows when a model
    is loaded.
    """
    try:
        module = _load_module()
    except RuntimeMissing as error:
        return [_unavailable(kind, error.said) for kind in KIND_TITLES]
    devices = [Device(RUNTIME, "cpu", KIND_TITLES["cpu"], available=True)]
    gpus = [_GPU_PROVIDERS[name][0] for name in _gpu_providers(module)]
    devices += [Device(RUNTIME, "gpu", title, available=True) for title in gpus]
    if not gpus:
        devices.append(_unavailable("gpu", _no_provider("gpu")))
    return [*devices, _unavailable("npu", _no_provider("npu"))]


def _unavailable(kind: Kind, reason: Said) -> Device:
    return Device(RUNTIME, kind, KIND_TITLES[kind], available=False, reason=reason)


def _no_provider(kind: Kind) -> Said:
    # Translators: CPU, GPU or NPU.
    return Said("This build of ONNX Runtime has no {device} support.", device=KIND_TITLES[kind])


def _load_module() -> ModuleType:
    # From 1.29 on, on Linux and macOS, it reports to its maker unless this is set before it is imported.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    try:
        module = importlib.import_module("onnxruntime")
        module.disable_telemetry_events()  # the switch that Windows builds have
        module.set_default_logger_severity(_FATAL)
    except ModuleNotFoundError as error:
        if error.name == "onnxruntime":
            raise RuntimeMissing(
                "ONNX Runtime is not installed; {remedy}.", remedy=_how_to_install()
            ) from error
        raise _unusable(error) from error
    except Exception as error:  # a wheel for another Python or numpy fails in any way it likes
        raise _unusable(error) from error
    return module


def _how_to_install() -> Said:
    folder = os.environ.get(_PACKAGES_VARIABLE)
    if not folder:
        # Translators: goes on after "; " in another sentence, as what to do.
        return Said("install it with: {command}", command="pip install onnxruntime")
    # Krita's own Python has no pip, so another one fetches what fits it.
    python = "py" if sys.platform == "win32" else "python3"
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    command = (
        f"{python} -m pip install --only-binary=:all: --no-deps "
        f'--python-version {version} --target "{folder}" onnxruntime'
    )
    return Said("install it with: {command}", command=command)


def _unusable(error: Exception) -> RuntimeMissing:
    return RuntimeMissing(
        "ONNX Runtime cannot be loaded ({reason}); {remedy}.",
        reason=short_reason(str(error)),
        remedy=_how_to_install(),
    )


def _faults() -> tuple[type[Exception], ...]:
    """Everything a session may raise; ONNX Runtime's own exceptions share no base class but Exception."""
    state = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    own = [kind for kind in vars(state).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    return (*own, RuntimeError, ValueError, MemoryError)


def _gpu_providers(module: ModuleType) -> list[str]:
    built_in = module.get_available_providers()
    return [name for name in _GPU_PROVIDERS if name in built_in]


def _provider(module: ModuleType, device: Kind) -> list[tuple[str, dict[str, str]]]:
    cpu: tuple[str, dict[str, str]] = (_CPU_PROVIDER, {})
    if device == "cpu":
        return [cpu]
    names = _gpu_providers(module) if device == "gpu" else []
    if not names:
        raise DeviceFailed(_no_provider(device))
    # The CPU stays as second: single operators that a GPU provider lacks run there.
    return [(names[0], _GPU_PROVIDERS[names[0]][1]), cpu]


def _session_options(module: ModuleType, threads: int | None) -> Any:
    options = module.SessionOptions()
    options.log_severity_level = _FATAL
    options.enable_cpu_mem_arena = True
    options.enable_mem_pattern = False  # patterns are kept per shape, and tiles come in many
    options.execution_mode = module.ExecutionMode.ORT_SEQUENTIAL
    # Spinning threads would take the cores that the painting program needs between two tiles.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.intra_op_num_threads = _thread_count(threads)
    return options


def _thread_count(threads: int | None) -> int:
    # 0 lets ONNX Runtime take one per physical core. More than that makes it slower, so a wish is capped.
    cores = physical_cores() or os.cpu_count() or 1
    return min(threads, cores) if threads is not None else physical_cores() or 0


def _read(onnx: Path) -> bytes:
    try:
        return onnx.read_bytes()
    except OSError as error:
        raise ModelError(
            "The model file {file} cannot be read ({reason}).", file=onnx, reason=error.strerror
        ) from error


def _fits_contract(session: Any) -> bool:
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if len(inputs) != 1 or len(outputs) != 1:
        return False
    return all(port.type == "tensor(uint8)" and len(port.shape) == 4 for port in (inputs[0], outputs[0]))
