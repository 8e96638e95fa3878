# SPDX-License-Identifier: GPL-3.0-or-later
"""A process of its own for native code that could crash: started, asked, watched and ended.

One thread per process writes the question and reads the answer, so that whoever asks can look at the clock
and at the cancel button meanwhile, on every system. A process that has nothing to do ends after a while.
Writing to a process that is gone is an error like any other here, see `_spare_this_program`.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

from smart_lineart.framing import Garbled, receive, send
from smart_lineart.inking.errors import Cancelled
from smart_lineart.said import Said, SaidError, one_line

from .interpreters import clean_environment

SCRIPT = Path(__file__).resolve().parents[3] / "worker.py"
IDLE_SECONDS = 60.0  # without a question; the next one starts another process
POLITE_SECONDS = 0.3  # for a process to end by itself, or to answer although nobody wants to know any more
LAST_SECONDS = 1.0  # for one that says nothing more to be gone, which tells how it ended
LOOK_SECONDS = 0.05
MOST_NOTICES = 8  # before an answer: a process that has more to tell has lost its mind
MOST_SENTENCE = 1000  # characters
_F_SETNOSIGPIPE = 73  # of macOS's fcntl.h
_KILLED = -int(getattr(signal, "SIGKILL", 9))


class WorkerDied(SaidError):
    """The process ended, did not answer in time, or answered nonsense: a reason, not yet a sentence.

    Attributes:
        killed: whether something else ended it, which is what a system does that has run out of memory.
        hung: whether it did not answer.
    """

    def __init__(
        self, template: str, /, *, killed: bool = False, hung: bool = False, **values: object
    ) -> None:
        super().__init__(template, **values)
        self.killed, self.hung = killed, hung

    @staticmethod
    def babbling(detail: object) -> WorkerDied:
        """The death of a process that answers nonsense; the detail is for a bug report."""
        return WorkerDied("nonsense instead of an answer ({detail})", detail=detail)


class WorkerRetired(Exception):
    """The process had ended before it was asked, having had nothing to do."""


class Answer(NamedTuple):
    """Fields and payload of a process's answer."""

    fields: dict[str, Any]
    payload: bytearray


class _Question(NamedTuple):
    fields: Mapping[str, object]
    payload: memoryview | bytes
    most_payload: int
    reply: queue.SimpleQueue[Answer | Exception | Said]


class WorkerProcess:
    """One process. Ask from one thread at a time. Raises OSError when it cannot be started."""

    def __init__(self, python: Path, *, idle_seconds: float = IDLE_SECONDS) -> None:
        # -I: nothing of the user's Python settings. -B: no compiled files beside the plugin's own.
        self._process = subprocess.Popen(
            [str(python), "-I", "-B", "-X", "utf8", str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=clean_environment(python),
            cwd=SCRIPT.anchor,  # else it would hold on to the folder Krita was started in
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._idle_seconds = idle_seconds
        self._questions: queue.Queue[_Question | None] = queue.Queue()
        self._lock = threading.Lock()
        self._retired = False
        self._courier = threading.Thread(target=self._carry, name="worker courier", daemon=True)
        self._courier.start()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    def ask(
        self,
        fields: Mapping[str, object],
        payload: memoryview | bytes = b"",
        *,
        seconds: float,
        most_payload: int = 0,
        cancelled: Callable[[], bool] | None = None,
        notify: Callable[[Said], None] | None = None,
    ) -> Answer:
        """Send a question and wait for the answer, of which the payload has at most so many bytes.

        Raises WorkerDied, also after `seconds` without an answer, WorkerRetired and Cancelled; the process
        is then ended or ending.
        """
        reply: queue.SimpleQueue[Answer | Exception | Said] = queue.SimpleQueue()
        with self._lock:
            if self._retired or not self.running:
                raise WorkerRetired
            self._questions.put(_Question(fields, payload, most_payload, reply))
        answer = self._wait(reply, seconds, cancelled, notify or _ignore)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def stop(self) -> None:
        """Let the process end by itself, or end it; returns when it is gone.

        Only one that the system itself cannot end yet is left to the courier.
        """
        self._retire()
        self._courier.join(POLITE_SECONDS)
        if self._courier.is_alive():
            self._process.kill()
            self._courier.join(POLITE_SECONDS)

    def _wait(
        self,
        reply: queue.SimpleQueue[Answer | Exception | Said],
        seconds: float,
        cancelled: Callable[[], bool] | None,
        notify: Callable[[Said], None],
    ) -> Answer | Exception:
        deadline = time.monotonic() + seconds
        unwanted = False
        while True:
            with contextlib.suppress(queue.Empty):
                said = reply.get(timeout=LOOK_SECONDS)
                if not isinstance(said, Said):
                    return said
                notify(said)
            now = time.monotonic()
            if not unwanted and cancelled is not None and cancelled():
                unwanted = True
                deadline = min(deadline, now + POLITE_SECONDS)
            if now >= deadline:
                self._process.kill()  # the courier then finds an end instead of an answer, and clears up
                if unwanted:
                    return Cancelled()
                return WorkerDied("no answer within {seconds} s", seconds=seconds, hung=True)

    def _carry(self) -> None:
        while True:
            try:
                question = self._questions.get(timeout=self._idle_seconds)
            except queue.Empty:
                with self._lock:
                    if not self._questions.empty():
                        continue
                    self._retired = True
                question = None
            if question is None:
                self._end(POLITE_SECONDS)
                return
            try:
                answer = self._exchange(question)
            except (OSError, EOFError, Garbled, MemoryError) as error:
                self._retire()
                question.reply.put(self._death(error))
                return
            question.reply.put(answer)

    def _exchange(self, question: _Question) -> Answer:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        _spare_this_program(self._process.stdin)
        send(self._process.stdin, question.fields, question.payload)
        notices = 0
        while True:
            fields, payload = receive(self._process.stdout, question.most_payload)
            if set(fields) != {"notice"}:
                return Answer(fields, payload)
            notices += 1
            if notices > MOST_NOTICES:
                raise Garbled("notices without end")
            question.reply.put(said_by(fields["notice"]))

    def _retire(self) -> None:
        with self._lock:
            self._retired = True
            self._questions.put(None)

    def _end(self, patience: float) -> int | None:
        """Tell it to go, by closing its standard input, and kill it when it stays; its exit code if it went.

        On the courier's thread only: a pipe closed while another thread uses it could be another file by
        then.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        code = None
        try:
            code = self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        return code

    def _death(self, error: Exception) -> WorkerDied:
        code = self._end(LAST_SECONDS)
        if isinstance(error, MemoryError):
            return WorkerDied("no memory for the answer", killed=True)
        if code is None or isinstance(error, Garbled):
            return WorkerDied.babbling(error)
        return _ended(code)


def _spare_this_program(pipe: IO[bytes]) -> None:
    """Let this thread get an error, and nobody a signal, when it writes to a pipe that nobody reads.

    The signal, SIGPIPE, ends a program that embeds Python: only Python's own program ignores it. Linux sends
    it to the thread that writes, where it then waits for that thread's end; macOS sends it to any thread.
    """
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE})
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(pipe, _F_SETNOSIGPIPE, 1)


def said_by(data: object) -> Said:
    """What a process says, if it isn't too long to be shown; a longer one stays English. Raises Garbled."""
    try:
        said = Said.from_data(data)
    except ValueError as error:
        raise Garbled(str(error)) from error
    told = str(said)
    return said if len(told) <= MOST_SENTENCE else Said("{told}", told=line_of(told))


def line_of(told: object) -> str:
    """What a process tells, as one line that is not too long to be shown."""
    line = one_line(str(told))
    return line if len(line) <= MOST_SENTENCE else line[: MOST_SENTENCE - 1] + "…"


def _ended(code: int) -> WorkerDied:
    killed = code == _KILLED
    if code < 0:
        try:
            return WorkerDied("ended by {signal}", signal=signal.Signals(-code).name, killed=killed)
        except ValueError:
            return WorkerDied("ended by signal {number}", number=-code, killed=killed)
    if sys.platform == "win32":
        return WorkerDied("ended with {code}", code=f"{code:#x}")
    return WorkerDied("ended with status {code}", code=code)


def _ignore(_: Said) -> None:
    """Stands in for a callback that nobody gave."""
