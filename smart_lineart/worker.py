# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs networks in a process of its own, for a painting program that native code must not take down.

Started as a script, by a Python that may be another one than the program's: ``python -I worker.py``. Reads
questions from standard input and answers on standard output, see
``framing.py``; ends at the end of its input, so it never outlives the program that asked.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import queue
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smart_lineart.inking.network.runtime import Network

    Say = Callable[..., None]

LEAST_PYTHON = (3, 10)
PACKAGE = Path(__file__).resolve().parent
FIRST_TO_GO = "1000"  # of the system's scores for whom to end when memory is short, the highest

NICER = 5  # steps of niceness below the painting program
BELOW_NORMAL = 0x4000  # what Windows calls the same


def main() -> None:
    """Answer questions until there are no more."""
    questions, answers = _private_pipes()
    _go_first_when_memory_is_short()
    _let_painting_go_first()
    framing = _import_file("framing", PACKAGE / "framing.py")
    arrived: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_read_on, args=(framing, questions, arrived), daemon=True).start()
    say = partial(framing.send, answers)
    arrived.get()  # a greeting
    try:
        server = _server(say)
    except Exception as error:  # noqa: BLE001 (this Python does not fit, in whatever way; there may be others)
        say({"unfit": f"{type(error).__name__}: {error}"})
        return
    say({"fits": "{}.{}.{}".format(*sys.version_info[:3])})
    while True:
        server.answer(*arrived.get())


def _server(say: Say) -> Server:
    """Import the engine; raises whatever a Python does that lacks something."""
    if sys.version_info < LEAST_PYTHON:
        raise ImportError(f"Python {sys.version_info[0]}.{sys.version_info[1]} is too old")
    _import_file("smart_lineart", PACKAGE / "__init__.py", [str(PACKAGE)])
    from smart_lineart import bundled

    bundled.activate()
    return Server(say)


class Server:
    """Holds one network and does with it what it is asked to."""

    def __init__(self, say: Say) -> None:
        # Imported here, so that a Python without a fitting numpy is found out at the start.
        from smart_lineart.inking import errors
        from smart_lineart.inking.network import runtime

        self._runtime = runtime
        self._ink_error = errors.InkError
        self._out_of_memory = errors.OutOfMemory().said.to_data()
        self._say = say
        self._network: Network | None = None

    def answer(self, fields: dict[str, Any], payload: bytearray) -> None:
        """Do what one question asks for; errors meant for the artist go back with their kind."""
        try:
            {"load": self._load, "run": self._run, "devices": self._devices}[fields["do"]](fields, payload)
        except self._ink_error as error:
            self._say({"error": type(error).__name__, "said": error.said.to_data()})
        except MemoryError:
            self._say({"error": "OutOfMemory", "said": self._out_of_memory})

    def _load(self, fields: dict[str, Any], _: bytearray) -> None:
        self._network, runtime, device = self._runtime.load_network(
            Path(fields["onnx"]),
            runtime=fields["runtime"],
            device=fields["device"],
            threads=fields["threads"],
            notify=lambda said: self._say({"notice": said.to_data()}),
        )
        self._say({"runtime": runtime, "device": device})

    def _run(self, fields: dict[str, Any], payload: bytearray) -> None:
        import numpy as np

        assert self._network is not None
        tile = np.frombuffer(payload, np.uint8).reshape(fields["shape"])
        output = np.ascontiguousarray(self._network.run(tile))
        names = {"runtime": self._network.runtime_name, "device": self._network.device_name}
        self._say({"shape": list(output.shape), **names}, output.data)

    def _devices(self, _: dict[str, Any], __: bytearray) -> None:
        devices = self._runtime.list_devices()
        reasons = [None if device.reason is None else device.reason.to_data() for device in devices]
        told = [{**vars(device), "reason": reason} for device, reason in zip(devices, reasons, strict=True)]
        self._say({"devices": told})


def _private_pipes() -> tuple[Any, Any]:
    """Standard input and output for messages alone: what a library prints goes nowhere."""
    questions = open(os.dup(0), "rb", buffering=0)  # noqa: SIM115, PTH123 (open as long as the process)
    answers = open(os.dup(1), "wb", buffering=0)  # noqa: SIM115, PTH123
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.close(nothing)
    return questions, answers


def _go_first_when_memory_is_short() -> None:
    """The system ends the process with the highest score: better this one than the painting program."""
    with contextlib.suppress(OSError):  # not Linux, or no /proc
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO, encoding="ascii")


def _let_painting_go_first() -> None:
    """Compute in what the painting program leaves of the processor: a brush that lags is worse."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        kernel.SetPriorityClass(ctypes.c_void_p(kernel.GetCurrentProcess()), BELOW_NORMAL)
        return
    with contextlib.suppress(AttributeError, OSError):  # macOS has no such classes
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))  # whatever Krita itself was started as
    with contextlib.suppress(OSError):
        os.nice(NICER)


def _import_file(name: str, file: Path, folders: list[str] | None = None) -> ModuleType:
    """Import one file, and nothing else that lies beside it, such as other plugins of Krita."""
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=folders)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _read_on(framing: ModuleType, questions: Any, arrived: queue.SimpleQueue[Any]) -> None:
    """Take questions, even while native code is busy or stuck; end the process once nobody asks any more."""
    while True:
        try:
            arrived.put(framing.receive(questions))
        except (OSError, EOFError, framing.Garbled):
            os._exit(0)


if __name__ == "__main__":
    main()
