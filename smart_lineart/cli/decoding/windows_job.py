# SPDX-License-Identifier: GPL-3.0-or-later
"""A Windows job object for this process: the system keeps its memory and time within limits."""

from __future__ import annotations

import ctypes
import sys

_EXTENDED_LIMITS = 9
_PROCESS_TIME, _PROCESS_MEMORY = 0x2, 0x100
_TICKS = 10_000_000  # a second, in the system's units of time


class _Basic(ctypes.Structure):
    _fields_ = (
        ("process_time", ctypes.c_int64),
        ("job_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("least_working_set", ctypes.c_size_t),
        ("most_working_set", ctypes.c_size_t),
        ("processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint32),
        ("scheduling", ctypes.c_uint32),
    )


class _Extended(ctypes.Structure):
    _fields_ = (
        ("basic", _Basic),
        ("io", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("process_peak", ctypes.c_size_t),
        ("job_peak", ctypes.c_size_t),
    )


class _Counters(ctypes.Structure):
    _fields_ = (
        ("size", ctypes.c_uint32),
        ("faults", ctypes.c_uint32),
        ("peak_working_set", ctypes.c_size_t),
        ("working_set", ctypes.c_size_t),
        ("quotas", ctypes.c_size_t * 4),
        ("committed", ctypes.c_size_t),
        ("peak_committed", ctypes.c_size_t),
    )


if sys.platform == "win32":

    class Job:
        """The job; made once. Raises OSError where the system will have none."""

        def __init__(self) -> None:
            self._kernel = ctypes.WinDLL("kernel32", use_last_error=True)
            self._kernel.CreateJobObjectW.restype = ctypes.c_void_p
            self._kernel.GetCurrentProcess.restype = ctypes.c_void_p
            self._process = ctypes.c_void_p(self._kernel.GetCurrentProcess())
            self._handle = ctypes.c_void_p(self._kernel.CreateJobObjectW(None, None))
            self._limits = _Extended()
            self._check(self._kernel.AssignProcessToJobObject(self._handle, self._process))

        def memory(self, more: int) -> None:
            """Let the process commit so many bytes beyond what it has."""
            counters = _Counters(size=ctypes.sizeof(_Counters))
            self._check(
                self._kernel.K32GetProcessMemoryInfo(self._process, ctypes.byref(counters), counters.size)
            )
            self._limits.process_memory = counters.committed + more
            self._set(_PROCESS_MEMORY)

        def time(self, until: int) -> None:
            """Let the process have computed for so many seconds in all."""
            self._limits.basic.process_time = until * _TICKS
            self._set(_PROCESS_TIME)

        def _set(self, flag: int) -> None:
            self._limits.basic.flags |= flag
            size = ctypes.sizeof(self._limits)
            limits = ctypes.byref(self._limits)
            self._check(self._kernel.SetInformationJobObject(self._handle, _EXTENDED_LIMITS, limits, size))

        @staticmethod
        def _check(went_well: int) -> None:
            if not went_well:
                raise ctypes.WinError(ctypes.get_last_error())
