# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing a runtime and a device, and going on with another when one of them fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import reduce
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from smart_lineart.inking.errors import BadOption, InkError, ModelError, OutOfMemory, RuntimeMissing
from smart_lineart.said import Said

from .network import KIND_TITLES, RUNTIME_TITLES, Device, DeviceFailed, Kind, Network, Tile
from .onnxruntime import ONNXRuntimeNetwork, onnxruntime_devices
from .openvino_c import OpenVINONetwork, openvino_devices
from .room import claim_for_tile

_MULTIPLE = 16  # of a tile's height and width
_PLANES = (1, 3)  # darkness, or what red, green and blue lack of white


class _Loaded(Protocol):
    """What both runtimes' networks are: on one device, for one caller at a time."""

    def run(self, tile: Tile) -> Tile: ...
    def release_memory(self) -> None: ...
    def close(self) -> None: ...


class _Place(NamedTuple):
    runtime: str
    kind: Kind

    @property
    def title(self) -> Said:
        # Translators: "OpenVINO on the CPU"; goes into other sentences.
        return Said(
            "{runtime} on the {device}",
            runtime=RUNTIME_TITLES[self.runtime],
            device=KIND_TITLES[self.kind],
        )


class _Failure(NamedTuple):
    place: _Place
    error: DeviceFailed | RuntimeMissing | OutOfMemory

    @property
    def reason(self) -> Said | str:
        if isinstance(self.error, OutOfMemory):
            # Translators: the CPU, GPU or NPU; goes on after ": " in another sentence.
            return Said("the {device} ran out of memory", device=KIND_TITLES[self.place.kind])
        return self.error.reason if isinstance(self.error, DeviceFailed) else self.error.said


_NETWORKS: dict[str, type[OpenVINONetwork | ONNXRuntimeNetwork]] = {
    "openvino": OpenVINONetwork,
    "onnxruntime": ONNXRuntimeNetwork,
}


def list_devices() -> list[Device]:
    """Return the devices of every runtime, the unavailable ones with the reason."""
    return [*openvino_devices(), *onnxruntime_devices()]


def load_network(
    onnx: Path,
    *,
    runtime: str = "auto",
    device: str = "auto",
    threads: int | None = None,
    notify: Callable[[Said], None] | None = None,
) -> tuple[Network, str, str]:
    """Load a model and return the network with the names of the runtime and the device it is on.

    Args:
        onnx: The model file.
        runtime: "openvino", "onnxruntime" or "auto": OpenVINO, else ONNX Runtime.
        device: "cpu", "gpu", "npu" or "auto", which is the CPU: it gives the same pixels everywhere and
            starts at once. A GPU or NPU that cannot load the model, or fails in a later ``run``, gives way to
            the CPU.
        threads: Most threads to use on the CPU; None takes one per physical core.
        notify: Is told when another runtime or device than the wanted one is used. ``runtime_name``
            and ``device_name`` of the network are then the new ones.

    Raises BadOption, RuntimeMissing, ModelError and OutOfMemory.
    """
    check_options(runtime, device, threads)
    network = _FallbackNetwork(onnx, list(_places(runtime, device)), threads, notify)
    return network, network.runtime_name, network.device_name


class _FallbackNetwork:
    """A network that moves on to the next of its places when one fails, and raises when the last one does."""

    def __init__(
        self, onnx: Path, places: list[_Place], threads: int | None, notify: Callable[[Said], None] | None
    ) -> None:
        self._onnx = onnx
        self._places = places  # the first is in use, or the next to try
        self._threads = threads
        self._notify = notify
        self._lock = threading.Lock()
        self._closed = False
        self._loaded: _Loaded | None = self._open([])

    @property
    def runtime_name(self) -> str:
        return self._places[0].runtime

    @property
    def device_name(self) -> str:
        return self._places[0].kind

    def run(self, tile: Tile) -> Tile:
        tile = _checked_tile(tile)
        with self._lock:
            if self._closed:
                raise ValueError("the network was closed")
            return self._checked_output(self._run(tile), tile)

    def release_memory(self) -> None:
        with self._lock:
            if self._loaded is not None:
                self._loaded.release_memory()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._unload()

    def _run(self, tile: Tile) -> Tile:
        while True:
            if self._loaded is None:
                self._loaded = self._open([])
            try:
                claim_for_tile(tile.shape[2] * tile.shape[3])
                return self._loaded.run(tile)
            except (DeviceFailed, OutOfMemory) as error:
                failure = _Failure(self._places[0], error)
                if failure.place.kind == "cpu":  # nothing to move on to; a smaller tile may still fit
                    self._loaded.release_memory()
                    raise self._final_error([failure]) from error
                self._unload()
                del self._places[0]
                self._loaded = self._open([failure])

    def _open(self, failures: list[_Failure]) -> _Loaded:
        """Load the model at the first place that takes it; ``failures`` are those so far."""
        for index, place in enumerate(self._places):
            outcome = self._try(place)
            if isinstance(outcome, _Failure):
                failures.append(outcome)
                continue
            self._places = self._places[index:]
            if failures and self._notify is not None:
                first = failures[0]
                self._notify(
                    Said(
                        "{used} is used instead of {wanted}: {reason}.",
                        used=place.title,
                        wanted=first.place.title,
                        reason=first.reason,
                    )
                )
            return outcome
        raise self._final_error(failures) from failures[-1].error

    def _try(self, place: _Place) -> _Loaded | _Failure:
        try:
            return _NETWORKS[place.runtime](self._onnx, device=place.kind, threads=self._threads)
        except (DeviceFailed, RuntimeMissing, OutOfMemory) as error:
            return _Failure(place, error)

    def _unload(self) -> None:
        if self._loaded is not None:
            self._loaded.close()
        self._loaded = None

    def _final_error(self, failures: list[_Failure]) -> InkError:
        last = failures[-1]
        if isinstance(last.error, OutOfMemory):
            return OutOfMemory()
        failed = next((failure for failure in failures if isinstance(failure.error, DeviceFailed)), None)
        if failed is not None:
            return ModelError(
                "{place} cannot run the model {file} ({reason}); "
                "choose another runtime or reinstall Smart Lineart.",
                place=failed.place.title,
                file=self._onnx,
                reason=failed.reason,
            )
        reasons = dict.fromkeys(failure.reason for failure in failures)
        return RuntimeMissing.saying(reduce(_both, (one for one in reasons if isinstance(one, Said))))

    def _checked_output(self, output: Tile, tile: Tile) -> Tile:
        if output.ndim != 4 or output.shape[0] != 1 or output.shape[2:] != tile.shape[2:]:
            raise ModelError(
                "The model {file} returns a map of the wrong size; reinstall Smart Lineart.", file=self._onnx
            )
        return output


def _both(one: Said, other: Said) -> Said:
    return Said("{one}; {other}.", one=one, other=other)


def _places(runtime: str, device: str) -> Iterator[_Place]:
    """Where to try, in order: the wanted device in every runtime, then the CPU in every runtime."""
    kinds: tuple[Kind, ...] = ("cpu",)
    if device == "gpu":
        kinds = ("gpu", "cpu")
    elif device == "npu":
        kinds = ("npu", "cpu")
    for kind in kinds:
        for name in RUNTIME_TITLES if runtime == "auto" else (runtime,):
            yield _Place(name, kind)


def check_options(runtime: str, device: str, threads: int | None) -> None:
    """Raise BadOption for a runtime, device or number of threads that cannot be had."""
    runtimes, devices = (["auto", *names] for names in (RUNTIME_TITLES, KIND_TITLES))
    if runtime not in runtimes:
        raise BadOption(
            "There is no runtime called {name}; choose one of {names}.",
            name=repr(runtime),
            names=", ".join(runtimes),
        )
    if device not in devices:
        raise BadOption(
            "There is no device called {name}; choose one of {names}.",
            name=repr(device),
            names=", ".join(devices),
        )
    if threads is not None and threads < 1:
        raise BadOption("The number of threads must be 1 or more, not {given}.", given=threads)


def _checked_tile(tile: Tile) -> Tile:
    if tile.dtype != np.uint8 or tile.ndim != 4 or tile.shape[0] != 1 or tile.shape[1] not in _PLANES:
        raise ValueError(f"a tile is uint8 (1, 1 or 3, H, W), not {tile.dtype} {tile.shape}")
    height, width = tile.shape[2:]
    if height < 1 or width < 1 or height % _MULTIPLE or width % _MULTIPLE:
        raise ValueError(f"a tile's height and width are multiples of {_MULTIPLE}, not {height} x {width}")
    return np.ascontiguousarray(tile)
