# SPDX-License-Identifier: GPL-3.0-or-later
"""Run Python code that may open no socket and, if so asked, write no file; the kernel ends it when it does.

Usage: watched_child.py [--no-writing] CODE

A socket opened by Python ends the process with status 99; one opened by native code, however briefly, with
SIGSYS (Linux); writing to any file with SIGXFSZ.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
import sys

PYTHON_SOCKET = 99

_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER_MODE = 38, 22, 2
_LOAD_WORD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _KILL_PROCESS = 0x7FFF0000, 0x80000000
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_IO_URING_SETUP = 425  # opens sockets without the socket call
_MACHINES = {
    "x86_64": (0xC000003E, 41),
    "aarch64": (0xC00000B7, 198),
}  # audit number, the socket call's number


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def forbid_native_sockets() -> None:
    """Let the kernel kill this process, with all its threads, when any code asks for a socket."""
    architecture, socket_call = _MACHINES[platform.machine()]

    def instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("HBBI", code, if_true, if_false, value)

    program = (
        instruction(_LOAD_WORD, _ARCHITECTURE)
        + instruction(_JUMP_IF_EQUAL, architecture, 0, 4)
        + instruction(_LOAD_WORD, _NUMBER)
        + instruction(_JUMP_IF_EQUAL, socket_call, 2, 0)
        + instruction(_JUMP_IF_EQUAL, _IO_URING_SETUP, 1, 0)
        + instruction(_RETURN, _ALLOW)
        + instruction(_RETURN, _KILL_PROCESS)
    )
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong)
    filters = _Program(len(program) // 8, program)
    if prctl(_NO_NEW_PRIVS, 1, None, 0, 0) or prctl(_SET_SECCOMP, _FILTER_MODE, ctypes.byref(filters), 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel takes no seccomp filter")


def forbid_python_sockets() -> None:
    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith("socket."):
            os._exit(PYTHON_SOCKET)  # an exception could be caught on the way

    sys.addaudithook(hook)


def forbid_writing() -> None:
    """No file may grow; Python ignores the signal that says so, native code could ignore the error."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    arguments = sys.argv[1:]
    if arguments[0] == "--no-writing":
        del arguments[0]
        forbid_writing()
    if sys.platform == "linux":
        forbid_native_sockets()
    forbid_python_sockets()
    exec(compile(arguments[0], "<watched>", "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    main()
