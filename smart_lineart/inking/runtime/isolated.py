# SPDX-License-Identifier: GPL-3.0-or-later
"""A network in a worker process: whatever happens to native code, the painting program goes on.

A process that crashes, hangs or is ended is replaced and asked again, first the same, then with another
runtime; after that the artist gets a sentence, and the next run starts afresh. Only where no Python can be
found that a process could run on does the network run here.
"""

from __future__ import annotations

import errno
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from smart_lineart.inking import errors

from .answers import raise_error, read_devices, read_map, read_names
from .interpreters import interpreters
from .network import RUNTIME_TITLES, Device, Kind, Network, Tile
from .selection import check_options, list_devices, load_network
from .worker_process import Answer, WorkerDied, WorkerProcess, WorkerRetired

START_SECONDS = 30.0  # for a Python and numpy to come from a slow disk
LOAD_SECONDS = 120.0
RUN_SECONDS = 120.0  # for one tile; on a slow computer it takes seconds

_NO_ROOM = {errno.ENOMEM, errno.EAGAIN, errno.EMFILE, errno.ENFILE}
_CRASHED = (
    "The inking process crashed and was stopped; your document is as it was: try again, "
    "or choose another runtime or device."
)
_HUNG = (
    "The inking process stopped answering and was ended; your document is as it was: try again, "
    "or choose another runtime or device."
)
ANEW = "The inking process ended unexpectedly; inking went on in a new one."


class IsolatedNetwork:
    """A `Network` in a process of its own, started at once and loaded meanwhile.

    Faults of the model or the runtime therefore show at the first `run`. Calls from one thread at a time.
    """

    def __init__(
        self,
        onnx: Path,
        *,
        runtime: str = "auto",
        device: str = "auto",
        threads: int | None = None,
        notify: Callable[[str], None] | None = None,
    ) -> None:
        check_options(runtime, device, threads)
        self._onnx = onnx
        self._wish: dict[str, Any] = {"runtime": runtime, "device": device, "threads": threads}
        self._names = ("openvino" if runtime == "auto" else runtime, "cpu" if device == "auto" else device)
        self._notify = notify or _ignore
        self._cancelled: Callable[[], bool] | None = None
        self._worker: WorkerProcess | None = None
        self._inside: Network | None = None
        self._closed = False
        self._opening: _Opening | None = _Opening(self._open)

    @property
    def runtime_name(self) -> str:
        """The runtime in use, or the wanted one as long as none is."""
        return self._inside.runtime_name if self._inside is not None else self._names[0]

    @property
    def device_name(self) -> str:
        """The device in use, or the wanted one as long as none is."""
        return self._inside.device_name if self._inside is not None else self._names[1]

    @property
    def pid(self) -> int | None:
        """The worker process's number, or None when there is none now."""
        worker = self._worker
        return worker.pid if worker is not None and worker.running else None

    @property
    def inside(self) -> bool:
        """Whether the network runs in this process, because no Python was found for another."""
        return self._inside is not None

    def stop_when(self, cancelled: Callable[[], bool] | None) -> None:
        """Ask `cancelled` while waiting for a tile: a process that is stuck must not hold up the artist."""
        self._cancelled = cancelled

    def run(self, tile: Tile) -> Tile:
        """Return uint8 (1, C, H, W) for a uint8 tile (1, 1, H, W); see `Network.run`.

        Raises OutOfMemory, ModelError, RuntimeMissing, ProcessFailed when it failed again and again, and
        Cancelled as `stop_when` has it.
        """
        if self._closed:
            raise ValueError("the network was closed")
        death: WorkerDied | None = None
        for number, wish in enumerate(self._wishes()):
            try:
                output = self._run_once(tile, wish)
            except WorkerDied as error:
                self._drop_worker()
                death = error
            except errors.RuntimeMissing:
                if death is None:
                    raise
            else:
                if number:
                    self._wish = wish
                    self._notify(ANEW)
                return output
        assert death is not None
        raise _final(death) from death

    def release_memory(self) -> None:
        """Give working memory back: all of it, as the process ends."""
        self._settle()
        if self._inside is not None:
            self._inside.release_memory()
        self._drop_worker()

    def close(self) -> None:
        """End the process. `run` afterwards raises ValueError."""
        self._closed = True
        self._settle()
        if self._inside is not None:
            self._inside.close()
        self._drop_worker()

    # -- one run

    def _wishes(self) -> list[dict[str, Any]]:
        """Where to try, in order: as asked, again on the CPU, with the other runtime if any will do."""
        again = {**self._wish, "device": "cpu"}
        wishes = [self._wish, again]
        if self._wish["runtime"] == "auto":
            used = self._names[0]
            wishes += [{**again, "runtime": name} for name in RUNTIME_TITLES if name != used]
        return wishes

    def _run_once(self, tile: Tile, wish: dict[str, Any]) -> Tile:
        tile = np.ascontiguousarray(tile)
        while True:
            self._ready(wish)
            if self._inside is not None:
                return self._inside.run(tile)
            assert self._worker is not None
            try:
                fields = {"do": "run", "shape": tile.shape}
                answer = self._ask(self._worker, fields, tile.data, seconds=RUN_SECONDS)
            except WorkerRetired:
                self._drop_worker()
                continue
            except errors.Cancelled:
                self._drop_worker()
                raise
            output = read_map(answer, *tile.shape[2:])
            self._names = read_names(answer.fields)
            return output

    def _ask(
        self,
        worker: WorkerProcess,
        fields: dict[str, Any],
        payload: memoryview | bytes = b"",
        *,
        seconds: float,
    ) -> Answer:
        answer = worker.ask(fields, payload, seconds=seconds, cancelled=self._unwanted, notify=self._notify)
        raise_error(answer.fields)
        return answer

    def _unwanted(self) -> bool:
        return self._cancelled is not None and self._cancelled()

    # -- the process

    def _ready(self, wish: dict[str, Any]) -> None:
        """Have a network that can be asked."""
        self._settle(raising=True)
        if self._inside is None and self._worker is None:
            self._open(wish)

    def _settle(self, *, raising: bool = False) -> None:
        """Wait for what the constructor has begun."""
        opening, self._opening = self._opening, None
        if opening is not None:
            opening.wait(raising=raising)

    def _open(self, wish: dict[str, Any] | None = None) -> None:
        worker = start_worker()
        if worker is None:
            self._open_inside()
            return
        fields = {"do": "load", "onnx": str(self._onnx), **(wish or self._wish)}
        try:
            self._names = read_names(self._ask(worker, fields, seconds=LOAD_SECONDS).fields)
        except errors.RuntimeMissing:
            worker.stop()
            if wish is not None and wish is not self._wish:
                raise
            self._open_inside()  # packages for this Python need not fit the other one
        except WorkerRetired as gone:
            worker.stop()
            raise WorkerDied("it ended right after its start") from gone
        except BaseException:
            worker.stop()
            raise
        else:
            self._worker = worker

    def _open_inside(self) -> None:
        self._inside, _, _ = load_network(self._onnx, **self._wish, notify=self._notify)

    def _drop_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()


class _Opening:
    """Something begun on another thread; who needs it waits for it."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._error: BaseException | None = None
        self._action = action
        self._thread = threading.Thread(target=self._run, name="worker start", daemon=True)
        self._thread.start()

    def wait(self, *, raising: bool) -> None:
        self._thread.join()
        if raising and self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            self._action()
        except BaseException as error:  # noqa: BLE001 (raised for the one who waits)
            self._error = error


_unfit: dict[Path, str] = {}


def start_worker() -> WorkerProcess | None:
    """A process on the first Python that fits, or None where there is none.

    Raises OutOfMemory when the system has no room for another process.
    """
    for python in interpreters():
        if python in _unfit:
            continue
        worker, reason = _greeted(python)
        if worker is not None:
            return worker
        _unfit[python] = reason
    return None


def _greeted(python: Path) -> tuple[WorkerProcess | None, str]:
    """A process that has answered, or why none does; one that is ended at its start gets a second chance.

    Raises OutOfMemory when the system has no room for it: there is none in this process then either.
    """
    reason, killed = "", False
    for _ in range(2):
        try:
            worker = WorkerProcess(python)
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise errors.OutOfMemory from error
            return None, str(error)
        try:
            unfit = worker.ask({"do": "greet"}, seconds=START_SECONDS).fields.get("unfit")
        except (WorkerDied, WorkerRetired) as error:
            reason = str(error) or "it ended at once"
            killed = isinstance(error, WorkerDied) and error.killed
            worker.stop()
            continue
        if unfit is None:
            return worker, ""
        worker.stop()
        return None, str(unfit)
    if killed and sys.platform == "linux":  # macOS kills programs whose signature it doesn't like as well
        raise errors.OutOfMemory
    return None, reason


def why_not_isolated() -> dict[str, str]:
    """The Pythons that were tried for a worker process, and why they do not fit."""
    return {str(python): reason for python, reason in _unfit.items()}


def list_devices_isolated() -> list[Device]:
    """`list_devices`, asked in a worker process where that is possible: drivers can crash as well."""
    worker = start_worker()
    if worker is None:
        return list_devices()
    try:
        return read_devices(worker.ask({"do": "devices"}, seconds=LOAD_SECONDS).fields)
    except (WorkerDied, WorkerRetired) as death:
        titles: list[Kind] = ["cpu", "gpu", "npu"]
        reason = f"Asking for the devices failed ({death})."
        return [
            Device(name, kind, kind.upper(), available=False, reason=reason)
            for name in RUNTIME_TITLES
            for kind in titles
        ]
    finally:
        worker.stop()


def _final(death: WorkerDied) -> errors.InkError:
    if death.killed:  # most likely by the system, for memory; smaller tiles may do
        return errors.OutOfMemory()
    return errors.ProcessFailed(_HUNG if "no answer" in str(death) else _CRASHED)


def _ignore(_: str) -> None:
    """Stands in for a callback that nobody gave."""
