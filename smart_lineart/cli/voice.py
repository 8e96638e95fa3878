# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command says, on two streams that may take few letters, be full, or not be there at all.

No stream keeps the command from its work: what one no longer takes is told on the other, if that is there.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

from smart_lineart.cli.errors import why
from smart_lineart.said import Said

_OUT, _ERR = "stdout", "stderr"


class Voice:
    """Both streams of one run.

    Attributes:
        lost: something that was to be told could not be.
        data_only: what goes to standard output is for a program, so that nothing else may.
        bar: the progress bar; lines are written above it.
    """

    def __init__(self) -> None:
        self.lost = self.data_only = False
        self.bar: Any = None
        self._gone: set[str] = set()
        _take_up_closed_streams()
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                # A stream that knows few letters is no reason to fall silent.
                stream.reconfigure(errors="backslashreplace")

    @property
    def on_terminal(self) -> bool:
        """Whether somebody may watch a bar."""
        with contextlib.suppress(ValueError):  # it is closed
            return sys.stderr is not None and sys.stderr.isatty()
        return False

    def tell(self, text: Said | str) -> None:
        """Say a result on standard output."""
        if self._is_there(_OUT) and not self._write(_OUT, str(text)):
            self.lost = True

    def notice(self, said: Said | str) -> None:
        """Say something beside the results."""
        self._say(str(said))

    def complain(self, said: Said | str) -> None:
        """Say what went wrong."""
        self._say(f"smart-lineart: {said}")

    def break_off(self, said: Said) -> None:
        """Say the last there is to say, whatever other threads are doing with the bar."""
        bar, self.bar = self.bar, None
        self._say(f"{'' if bar is None else chr(10)}smart-lineart: {said}")

    def _say(self, line: str) -> None:
        heard = self._write(_ERR, line)
        if not heard and not self.data_only:
            heard = self._write(_OUT, line)
        self.lost |= not heard and _ERR in self._gone

    def _is_there(self, name: str) -> bool:
        return getattr(sys, name) is not None

    def _write(self, name: str, line: str) -> bool:
        """Write a line; False where that cannot be, which is told at the first time."""
        stream, bar = getattr(sys, name), self.bar
        if stream is None or name in self._gone:
            return False
        try:
            if bar is None:
                print(line, file=stream)
            else:
                bar.write(line, file=stream)  # the bar is drawn anew below
            stream.flush()
        except (OSError, ValueError) as error:
            self._gone.add(name)
            _let_go(stream)
            if name == _OUT and not isinstance(error, BrokenPipeError):  # else the reader had enough
                self.complain(_full(error))
            return False
        return True


def _full(error: OSError | ValueError) -> Said:
    reason = why(error) if isinstance(error, OSError) else "it is closed"
    return Said("The standard output cannot be written: {reason}.", reason=reason)


def _let_go(stream: Any) -> None:
    """Send what a stream still holds nowhere: Python would try once more at exit, and complain by itself."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _take_up_closed_streams() -> None:
    """Open what the shell has closed to nowhere: a lineart opened next would get its number, and native
    libraries write what they say there.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            with contextlib.suppress(OSError):
                os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
