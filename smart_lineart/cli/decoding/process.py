# SPDX-License-Identifier: GPL-3.0-or-later
"""The process in which image files are decoded, see decoder.py; the system keeps it within memory and time.

Reads requests from standard input and answers on standard output, see wire.py; ends with its input.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from smart_lineart.cli.decoding import wire
from smart_lineart.cli.decoding.caps import Caps
from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files.picture import Picture, too_much_memory
from smart_lineart.cli.memory import memory_now, peak_memory
from smart_lineart.framing import Garbled
from smart_lineart.said import escaped

Say = Callable[..., None]

OPENING_SECONDS = 10.0  # of processor time, for what a file says of itself
SECONDS_PER_MEGAPIXEL = 1.0  # many times what the slowest format takes on a slow computer


def main() -> None:
    """Decode what is asked for, one file after the other, until nobody asks any more."""
    requests, answers = _private_pipes()
    say = partial(wire.send, answers)
    try:
        from smart_lineart.cli.files import read_raster, reading  # noqa: F401 (the decoders, before the limits)
    except ImportError as error:  # where memory is short, libraries cannot be loaded
        say({"unfit": str(error)})
        return
    arrived: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_read_on, args=(requests, arrived), daemon=True).start()
    caps = Caps()
    say({"ready": True})
    while True:
        _answer(say, caps, arrived.get())


def _answer(say: Say, caps: Caps, request: dict[str, Any]) -> None:
    from smart_lineart.cli.files.formats import image_format
    from smart_lineart.cli.files.reading import open_picture, reader_of

    path = Path(os.fsdecode(request["path"].encode("latin-1")))
    try:
        reader_of(image_format(path))  # libraries take more address space than memory: before the limit
        room = max(0, request["memory"] - memory_now())
        caps.time(OPENING_SECONDS)
        caps.memory(room)
        picture = open_picture(path, room)
        caps.time(OPENING_SECONDS + SECONDS_PER_MEGAPIXEL * picture.width * picture.height / 1e6)
        _tell(say, picture)
    except FileError as error:
        say({"refused": error.said.to_data()})
    except MemoryError:
        say({"refused": too_much_memory(escaped(str(path))).said.to_data()})
    except Exception as error:  # noqa: BLE001 (a fault of ours, which the command reports as such)
        say({"fault": f"{type(error).__name__}: {error}"})


def _tell(say: Say, picture: Picture) -> None:
    say({"picture": wire.fields_of(picture)}, picture.icc or b"")
    for strip in picture.strips:
        say({}, strip)
    late = {"notices": picture.notices} if picture.notices else {}  # some are known only now
    say({"end": True, "now": memory_now(), "peak": peak_memory(), **late})


def _private_pipes() -> tuple[Any, Any]:
    """Standard input and output for messages alone: what a library prints goes nowhere."""
    requests = open(os.dup(0), "rb", buffering=0)  # noqa: SIM115, PTH123 (open as long as the process)
    answers = open(os.dup(1), "wb", buffering=0)  # noqa: SIM115, PTH123
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.close(nothing)
    return requests, answers


def _read_on(requests: Any, arrived: queue.SimpleQueue[dict[str, Any]]) -> None:
    """Take requests, even while a decoder is busy; end the process once the command is gone."""
    while True:
        try:
            arrived.put(wire.receive(requests)[0])
        except (OSError, EOFError, Garbled):
            os._exit(0)
