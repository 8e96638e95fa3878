# SPDX-License-Identifier: GPL-3.0-or-later
"""Image files decoded in a process of its own: whatever a file does to its decoder is only a sentence.

The operating system keeps that process within memory and processor time. It starts while the network is
loaded, serves a whole batch, and is replaced when a file was the end of it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from smart_lineart.cli import libraries
from smart_lineart.cli.decoding import wire
from smart_lineart.cli.decoding.caps import OUT_OF_MEMORY, ran_out_of_time
from smart_lineart.cli.errors import FileError, Interrupted, why
from smart_lineart.cli.files.formats import image_format
from smart_lineart.cli.files.page import Page, Spool, keep, read_as_meant
from smart_lineart.cli.files.picture import Picture, too_much_memory, too_much_time
from smart_lineart.cli.files.values import Meaning
from smart_lineart.cli.memory import address_space_limit, peak_memory
from smart_lineart.framing import Garbled
from smart_lineart.said import escaped, printable

# What this process imports from is what that one does, whatever a user's settings for Python say.
_BEGIN = "import sys; sys.path[:] = sys.argv[1:]; from smart_lineart.cli.decoding.process import main; main()"
_PLAIN = {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1", "VIPS_CONCURRENCY": "1"}
"""One thread decodes; pools and arenas for more would only fill the address space that is counted."""

_NOT_LOADED = ("ImportError", "ModuleNotFoundError", "SyntaxError")  # how such a fault begins
Taken = TypeVar("Taken")

_POLITE_SECONDS = 2.0  # for a process that has closed its end of a pipe to be gone


class Decoder:
    """The process; used by one thread at a time. `most_held`: bytes that both processes held at once."""

    def __init__(self) -> None:
        self.most_held = 0
        self._kept = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._greeted = self._in_step = False
        with contextlib.suppress(OSError):  # tried again, and told, when there is something to read
            self._start()

    def __enter__(self) -> Decoder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, path: Path, spool: Spool, cancelled: Callable[[], bool] = lambda: False) -> Page:
        """Decode a file; `spool.most_at_once` is for all that the process holds.

        Raises FileError, Interrupted, and MemoryError where there is no room even for a small process.
        """
        image_format(path)  # what is no image is told without a decoder
        return read_as_meant(lambda meaning: self._read(path, spool, cancelled, meaning))

    def read_pixels(
        self,
        path: Path,
        most_at_once: int,
        take: Callable[[Picture], Taken],
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Taken:
        """What `take` makes of a file's picture, of which it reads all strips; else as :meth:`read`."""
        image_format(path)
        return self._take(path, most_at_once, cancelled, take)

    def _read(self, path: Path, spool: Spool, cancelled: Callable[[], bool], meaning: Meaning | None) -> Page:
        return self._take(path, spool.most_at_once, cancelled, lambda picture: keep(picture, spool, meaning))

    def _take(
        self,
        path: Path,
        most_at_once: int,
        cancelled: Callable[[], bool],
        take: Callable[[Picture], Taken],
    ) -> Taken:
        name = escaped(str(path))
        process = self._ready()
        self._in_step = False
        try:
            request = {"path": os.fsencode(path).decode("latin-1"), "memory": most_at_once}
            wire.send(process.stdin, request)
            fields, icc = self._receive()
            picture = wire.picture_of(fields.get("picture"), bytes(icc), name)
            picture.strips = self._strips(picture, cancelled)
            return take(picture)
        except (OSError, EOFError, Garbled) as error:
            self._note(most_at_once)
            raise _death(name, self._status()) from error
        finally:
            if not self._in_step:
                self.close()

    def close(self) -> None:
        """End the process; its memory is free again."""
        self._note(self._kept)
        self._kept = 0
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()  # it has nothing to lose
        process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):
                pipe.close()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", *(["-B"] if sys.dont_write_bytecode else []), "-c", _BEGIN, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, **_PLAIN},
            start_new_session=True,  # a terminal's Ctrl-C is for the command, which ends it
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._greeted = False

    def _ready(self) -> subprocess.Popen[bytes]:
        """The process, once it is there and has its decoders loaded."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            try:
                self._start()
            except OSError as error:
                raise _unfit(why(error)) from error
        assert self._process is not None
        if not self._greeted:
            self._greet(self._process)
        return self._process

    def _greet(self, process: subprocess.Popen[bytes]) -> None:
        try:
            greeting, _ = wire.receive(process.stdout)
        except (OSError, EOFError, Garbled) as error:
            raise _unfit(f"it ended with status {self._status()}") from error
        if "unfit" in greeting:
            self.close()
            raise _unfit(printable(str(greeting["unfit"])))
        self._greeted = True

    def _receive(self) -> tuple[dict[str, Any], bytearray]:
        assert self._process is not None
        fields, payload = wire.receive(self._process.stdout)
        self._in_step = not payload and bool({"refused", "fault", "end"} & set(fields))
        if "refused" in fields:
            raise FileError.saying(wire.said_in(fields["refused"]))
        if "fault" in fields:
            raise _fault(printable(str(fields["fault"])))
        return fields, payload

    def _strips(self, picture: Picture, cancelled: Callable[[], bool]) -> Iterator[bytearray]:
        """Whole rows, as many as there are to be. Raises what `read` takes for the process's end."""
        left = picture.height * picture.row_bytes
        while left:
            fields, strip = self._receive()
            if fields or not strip or len(strip) > left or len(strip) % picture.row_bytes:
                raise Garbled(f"a strip of {len(strip)} bytes")
            if cancelled():
                raise Interrupted
            left -= len(strip)
            yield strip
        fields, _ = self._receive()
        if "notices" in fields:
            picture.notices[:] = wire.notices_in(fields)
        self._kept = int(fields.get("now") or 0)
        self._note(int(fields.get("peak") or 0))

    def _note(self, held: int) -> None:
        """Remember that the process held so much, and this one at most what it has held until now."""
        self.most_held = max(self.most_held, (peak_memory() or 0) + held)

    def _status(self) -> int:
        """The exit status of a process that has died, or has lost the thread and is ended now."""
        assert self._process is not None
        try:
            return self._process.wait(_POLITE_SECONDS)
        except subprocess.TimeoutExpired:
            return 0
        finally:
            self.close()


class DecoderFault(Exception):
    """A fault of ours in the process that decodes."""


def _death(name: str, status: int) -> FileError:
    """What is said of a file that was the end of its decoder."""
    if ran_out_of_time(status):
        return too_much_time(name)
    if status == OUT_OF_MEMORY:
        return too_much_memory(name)
    how = f"status {status}"
    if status < 0:
        with contextlib.suppress(ValueError):
            how = signal.Signals(-status).name
    return FileError(
        "{name} cannot be read: its decoder ended with {how}; the file is damaged, or needs more memory "
        "than there is: save it anew as plain PNG, or raise --memory-limit.",
        name=name,
        how=how,
    )


def _fault(told: str) -> Exception:
    """The error of a fault in that process. Some libraries are loaded for the files that take them only."""
    stranger = libraries.from_elsewhere() if told.startswith(_NOT_LOADED) else None
    return stranger or DecoderFault(told)


def _unfit(reason: str) -> Exception:
    """The error of a process that did not come to read anything."""
    stranger = libraries.from_elsewhere()
    if stranger is not None:
        return stranger
    if "memory" in reason.lower() or address_space_limit() is not None:
        return MemoryError(reason)
    return FileError(
        "No image can be read, since the process that decodes them could not start ({reason}).", reason=reason
    )
