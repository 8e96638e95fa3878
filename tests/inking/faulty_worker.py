# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker process that goes wrong while it runs a network, as native code can.

Usage: faulty_worker.py TOKENS ... WORKER.PY. Every run takes a file out of the folder TOKENS and goes wrong
in the way its name tells (FAULT-NUMBER); when none is left, all is well.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import resource
import sys
import time
from pathlib import Path


def segmentation_fault(*_) -> None:
    ctypes.string_at(0)


def abort(*_) -> None:
    os.abort()


def killed(*_) -> None:
    os.kill(os.getpid(), 9)


def leave(*_) -> None:
    os._exit(0)


def hang(*_) -> None:
    time.sleep(3600)


def hang_with_the_interpreter_locked(*_) -> None:
    ctypes.PyDLL(None).sleep(3600)


def python_error(*_) -> None:
    raise ZeroDivisionError


def out_of_memory(*_) -> None:
    raise MemoryError


def address_space_used_up(*_) -> None:
    """Nothing more can be mapped than there is already; the run then goes on by itself."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    used = pages * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (4 << 20), used + (4 << 20)))


def half_an_answer(server, fields) -> None:
    os.write(answers(), b"\x20\x00\x00\x00\xff\x00\x00\x00\x00\x00\x00\x00{")
    os._exit(0)


def nonsense(server, fields) -> None:
    os.write(answers(), b"terminate called after throwing an instance of\n" * 9)
    time.sleep(3600)


def brackets_without_end(server, fields) -> None:
    """A message as it should be, but for what its fields say."""
    head = b'{"a":' + b"[" * 100_000
    os.write(answers(), len(head).to_bytes(4, "little") + bytes(8))
    written = 0
    while written < len(head):
        written += os.write(answers(), head[written:])
    time.sleep(3600)


def nameless(server, fields) -> None:
    height, width = fields["shape"][2:]
    server._say({"shape": [1, 2, height, width]}, bytes(2 * height * width))


def wrong_size(server, fields) -> None:
    server._say({"shape": [1, 2, 16, 16], "runtime": "openvino", "device": "cpu"}, bytes(2 * 16 * 16))


def noise(server, fields) -> None:
    """What a network with NaN among its weights could say: any bytes at all."""
    size = fields["shape"][2] * fields["shape"][3] * 2
    answer = {"shape": [1, 2, *fields["shape"][2:]], "runtime": "openvino", "device": "cpu"}
    server._say(answer, os.urandom(size))


GOES_ON = {address_space_used_up}
ANSWERED = {wrong_size, noise, nameless}


def answers() -> int:
    """The descriptor the worker answers on: its own copy of standard output."""
    numbers = (int(link.name) for link in Path("/proc/self/fd").iterdir())
    return next(number for number in numbers if number > 2 and is_pipe_for_writing(number))


def is_pipe_for_writing(descriptor: int) -> bool:
    try:
        flags = Path(f"/proc/self/fdinfo/{descriptor}").read_text().split("flags:")[1].split()[0]
        return (
            str(Path(f"/proc/self/fd/{descriptor}").readlink()).startswith("pipe:") and int(flags, 8) & 3 == 1
        )
    except OSError:
        return False


def take(tokens: Path):
    for token in tokens.iterdir():
        token.unlink()
        return globals()[token.name.rpartition("-")[0]]
    return None


def main() -> None:
    tokens = Path(sys.argv[1])
    spec = importlib.util.spec_from_file_location("worker", sys.argv[-1])
    worker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(worker)
    well = worker.Server._run

    def run(server, fields, payload) -> None:
        fault = take(tokens)
        if fault is not None:
            fault(server, fields)
            if fault in ANSWERED:
                return
            assert fault in GOES_ON, f"{fault} did nothing"
        well(server, fields, payload)

    worker.Server._run = run
    worker.main()


if __name__ == "__main__":
    main()
