# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker process that goes wrong, as native code can.

Usage: faulty_worker.py TOKENS ... WORKER.PY. Every run takes a file out of the folder TOKENS and goes wrong
in the way its name tells (FAULT-NUMBER); when none is left, all is well. Files called STAGE.FAULT-NUMBER are
for the stages before: "greet" and "load".
"""

from __future__ import annotations

import ctypes
import faulthandler
import importlib.util
import os
import sys
import time
from pathlib import Path


def segmentation_fault(*_) -> None:
    faulthandler._sigsegv()  # reading from 0 is only an exception where Windows tells ctypes of it


def abort(*_) -> None:
    os.abort()


def killed(*_) -> None:
    os.kill(os.getpid(), 9)


def leave(*_) -> None:
    os._exit(0)


def hang(*_) -> None:
    time.sleep(3600)


def hang_with_the_interpreter_locked(*_) -> None:
    if sys.platform == "win32":
        ctypes.PyDLL("kernel32").Sleep(3600_000)
    else:
        ctypes.PyDLL(None).sleep(3600)


def python_error(*_) -> None:
    raise ZeroDivisionError


def out_of_memory(*_) -> None:
    raise MemoryError


def address_space_used_up(*_) -> None:
    """Nothing more can be mapped than there is already; the run then goes on by itself. On Linux only."""
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    used = pages * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (4 << 20), used + (4 << 20)))


def half_an_answer(server, fields) -> None:
    answers.write(b"\x20\x00\x00\x00\xff\x00\x00\x00\x00\x00\x00\x00{")
    os._exit(0)


def nonsense(server, fields) -> None:
    answers.write(b"terminate called after throwing an instance of\n" * 9)
    time.sleep(3600)


def brackets_without_end(server, fields) -> None:
    """A message as it should be, but for what its fields say."""
    head = b'{"a":' + b"[" * 60_000
    write(len(head).to_bytes(4, "little") + bytes(8) + head)
    time.sleep(3600)


def a_head_without_end(server, fields) -> None:
    """Fields of a gigabyte: announced, and coming."""
    write((1 << 30).to_bytes(4, "little") + bytes(8))
    while True:
        write(bytes(1 << 20))


def a_payload_without_end(server, fields) -> None:
    """More than any network could say of that tile: announced, and coming."""
    size = fields["shape"][2] * fields["shape"][3] * 1000
    write((2).to_bytes(4, "little") + size.to_bytes(8, "little") + b"{}")
    while True:
        write(bytes(1 << 20))


def notices_without_end(server, fields) -> None:
    while True:
        server._say({"notice": {"template": "All is well.", "values": {}}})


def a_notice_now_and_then(server, fields) -> None:
    while True:
        server._say({"notice": {"template": "All is well.", "values": {}}})
        time.sleep(0.2)


def a_long_sentence(server, fields) -> None:
    said = {"template": "The model is {how}", "values": {"how": "\n\n" + "very " * 10_000}}
    server._say({"error": "ModelError", "said": said})


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
ANSWERED = {wrong_size, noise, nameless, a_long_sentence}
RUN = ""  # the stage whose faults go by their names alone


class Answers:
    """What the worker answers on, once it has opened it: its own copy of standard output."""

    def __init__(self) -> None:
        self.pipe = None

    def open_by(self, private_pipes):
        def opened():
            questions, self.pipe = private_pipes()
            return questions, self.pipe

        return opened

    def write(self, data: bytes) -> int:
        return self.pipe.write(data)


answers = Answers()


def write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[answers.write(view) :]


def take(tokens: Path, stage: str):
    for token in tokens.iterdir():
        of, _, fault = token.name.rpartition(".")
        if of == stage:
            token.unlink()
            return globals()[fault.rpartition("-")[0]]
    return None


def go_wrong(tokens: Path, stage: str, *arguments) -> bool:
    """Take the next fault of a stage, if there is one; whether it has answered."""
    fault = take(tokens, stage)
    if fault is None:
        return False
    fault(*arguments)
    assert fault in ANSWERED | GOES_ON, f"{fault} did nothing"
    return fault in ANSWERED


def with_faults(tokens: Path, stage: str, well):
    def answer(server, fields, payload) -> None:
        if not go_wrong(tokens, stage, server, fields):
            well(server, fields, payload)

    return answer


def main() -> None:
    tokens = Path(sys.argv[1])
    spec = importlib.util.spec_from_file_location("worker", sys.argv[-1])
    worker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(worker)
    worker._private_pipes = answers.open_by(worker._private_pipes)
    worker.Server._run = with_faults(tokens, RUN, worker.Server._run)
    worker.Server._load = with_faults(tokens, "load", worker.Server._load)
    worker.Server._devices = with_faults(tokens, "devices", worker.Server._devices)
    go_wrong(tokens, "greet")
    worker.main()


if __name__ == "__main__":
    main()
