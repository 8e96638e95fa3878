# SPDX-License-Identifier: GPL-3.0-or-later
"""A network in a worker process: whatever happens to native code, the painting program goes on.

A process that crashes, hangs or is ended is replaced and asked again, first the same, then with another
runtime; after that the artist gets a sentence, and the next run starts afresh. Only where no Python can be
found that a process could run on does the network run here, and then the artist is told.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from smart_lineart.inking import errors
from smart_lineart.said import Said

from .answers import most_bytes_of_map, raise_error, read_devices, read_map, read_names
from .interpreters import interpreters, wants_none
from .network import RUNTIME_TITLES, Device, Kind, Network, Tile
from .opening import Opening
from .selection import check_options, list_devices, load_network
from .worker_process import POLITE_SECONDS, WorkerDied, WorkerProcess, WorkerRetired, line_of

START_SECONDS = 30.0  # for a Python and numpy to come from a slow disk
LOAD_SECONDS = 120.0
RUN_SECONDS = 120.0  # for one tile; on a slow computer it takes seconds

_NO_ROOM = {errno.ENOMEM, errno.EAGAIN, errno.EMFILE, errno.ENFILE}
_CRASHED = Said(
    "The inking process crashed and was stopped; your document is as it was. "
    "Try again, or choose another processor under Performance."
)
_HUNG = Said(
    "The inking process stopped answering and was ended; your document is as it was. "
    "Try again, or choose another processor under Performance."
)
ANEW = Said("The inking process ended unexpectedly; inking went on in a new one.")
INSIDE = Said(
    "No inking process could be started, so inking runs inside Krita, where a fault could end it: "
    'save often; "Copy diagnostics" tells the reason.'
)
_GONE_SECONDS = 3 * POLITE_SECONDS  # for a process that is being started to be ended, or to be let go


class _Opened(NamedTuple):
    """A network that can be asked: in a process, or in this one; and its runtime's and device's names."""

    names: tuple[str, str]
    worker: WorkerProcess | None = None
    inside: Network | None = None

    def close(self) -> None:
        if self.worker is not None:
            self.worker.stop()
        if self.inside is not None:
            self.inside.close()


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
        notify: Callable[[Said], None] | None = None,
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
        self._opening: Opening[_Opened] | None = Opening(partial(self._open, self._wish))

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
        """Ask `cancelled` while waiting, also for the start: a stuck process must not hold up the artist."""
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
        self._give_up_opening()
        if self._inside is not None:
            self._inside.release_memory()
        self._drop_worker()

    def close(self) -> None:
        """End the process. `run` afterwards raises ValueError."""
        self._closed = True
        self._give_up_opening()
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
            height, width = tile.shape[2:]
            try:
                answer = self._worker.ask(
                    {"do": "run", "shape": tile.shape},
                    tile.data,
                    seconds=RUN_SECONDS,
                    most_payload=most_bytes_of_map(height, width),
                    cancelled=self._unwanted,
                    notify=self._notify,
                )
            except WorkerRetired:
                self._drop_worker()
                continue
            except errors.Cancelled:
                self._drop_worker()
                raise
            raise_error(answer.fields)
            output = read_map(answer, height, width)
            self._names = read_names(answer.fields)
            return output

    def _unwanted(self) -> bool:
        return self._cancelled is not None and self._cancelled()

    # -- the process

    def _ready(self, wish: dict[str, Any]) -> None:
        """Have a network that can be asked, the one that the constructor has begun with to begin with."""
        if self._inside is not None or self._worker is not None:
            return
        opening, self._opening = self._opening or Opening(partial(self._open, wish)), None
        self._names, self._worker, self._inside = opening.take(self._unwanted)
        if self._inside is not None and not wants_none():
            self._notify(INSIDE)

    def _give_up_opening(self) -> None:
        opening, self._opening = self._opening, None
        if opening is not None:
            opening.give_up(_GONE_SECONDS)

    def _open(self, wish: dict[str, Any], cancelled: Callable[[], bool]) -> _Opened:
        """Start a process and let it load the network, or load it here; on a thread of its own."""
        worker = start_worker(cancelled)
        if worker is None:
            return self._open_inside()
        fields = {"do": "load", "onnx": str(self._onnx), **wish}
        try:
            answer = worker.ask(fields, seconds=LOAD_SECONDS, cancelled=cancelled, notify=self._notify)
            raise_error(answer.fields)
            return _Opened(read_names(answer.fields), worker)
        except errors.RuntimeMissing:
            worker.stop()
            if wish is not self._wish:
                raise
            return self._open_inside()  # packages for this Python need not fit the other one
        except WorkerRetired as gone:
            worker.stop()
            raise WorkerDied("it ended right after its start") from gone
        except BaseException:
            worker.stop()
            raise

    def _open_inside(self) -> _Opened:
        network, runtime, device = load_network(self._onnx, **self._wish, notify=self._notify)
        return _Opened((runtime, device), inside=network)

    def _drop_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()


_unfit: dict[Path, str] = {}


def _never() -> bool:
    return False


def start_worker(cancelled: Callable[[], bool] = _never) -> WorkerProcess | None:
    """A process on the first Python that fits, or None where there is none.

    Raises OutOfMemory when the system has no room for another process, and Cancelled.
    """
    for python in interpreters():
        if python in _unfit:
            continue
        worker, reason = _greeted(python, cancelled)
        if worker is not None:
            return worker
        _unfit[python] = line_of(reason)
    return None


def _greeted(python: Path, cancelled: Callable[[], bool]) -> tuple[WorkerProcess | None, str]:
    """A process that has answered, or why none does; one that is ended at its start gets a second chance.

    Raises OutOfMemory when the system has no room for it: there is none in this process then either.
    """
    if not python.is_absolute():  # it would be looked for beside the artist's document
        return None, "this is not its whole path"
    death: WorkerDied | WorkerRetired | None = None
    for _ in range(2):
        try:
            worker = WorkerProcess(python)
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise errors.OutOfMemory from error
            return None, str(error)
        try:
            answer = worker.ask({"do": "greet"}, seconds=START_SECONDS, cancelled=cancelled)
        except (WorkerDied, WorkerRetired) as error:
            death = error
        except BaseException:
            worker.stop()
            raise
        else:
            if "fits" in answer.fields:
                return worker, ""
            worker.stop()
            return None, str(answer.fields.get("unfit", "it greets in another way"))
        worker.stop()
    killed = isinstance(death, WorkerDied) and death.killed
    if killed and sys.platform == "linux":  # macOS kills programs whose signature it doesn't like as well
        raise errors.OutOfMemory
    return None, str(_why(death))


def _why(death: WorkerDied | WorkerRetired | None) -> Said:
    return death.said if isinstance(death, WorkerDied) else Said("it ended at once")


def why_not_isolated() -> dict[str, str]:
    """The Pythons that were tried for a worker process, and why they do not fit."""
    return {str(python): reason for python, reason in _unfit.items()}


def list_devices_isolated(cancelled: Callable[[], bool] = _never) -> list[Device]:
    """`list_devices`, asked in a worker process where that is possible: drivers can crash as well.

    Raises Cancelled once `cancelled` is true, however stuck the process is.
    """
    worker = start_worker(cancelled)
    if worker is None:
        return list_devices()
    try:
        answer = worker.ask({"do": "devices"}, seconds=LOAD_SECONDS, cancelled=cancelled)
        return read_devices(answer.fields)
    except (WorkerDied, WorkerRetired) as death:
        titles: list[Kind] = ["cpu", "gpu", "npu"]
        reason = Said("Asking for the devices failed ({reason}).", reason=_why(death))
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
    return errors.ProcessFailed.saying(_HUNG if death.hung else _CRASHED)


def _ignore(_: Said) -> None:
    """Stands in for a callback that nobody gave."""
