# SPDX-License-Identifier: GPL-3.0-or-later
"""What the process that decodes answers; test_decoder.py asks a real one."""

from __future__ import annotations

import os
import queue
from pathlib import Path
from typing import Any

import pytest

from smart_lineart.cli.decoding import process, wire
from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files import reading
from smart_lineart.cli.files.picture import Picture
from smart_lineart.framing import Garbled
from smart_lineart.said import Said

HELD = 30 << 20


class Caps:
    """Limits that are noted."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, float]] = []

    def memory(self, more: int) -> None:
        self.asked.append(("memory", more))

    def time(self, seconds: float) -> None:
        self.asked.append(("time", seconds))


class Answers(list[tuple[dict[str, Any], bytes]]):
    """Every answer."""

    def __call__(self, fields: dict[str, Any], payload: bytes = b"") -> None:
        self.append((fields, payload))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Asks for a file, with so much memory for all; gives what was said and the limits set."""
    monkeypatch.setattr(process, "memory_now", lambda: HELD)
    monkeypatch.setattr(process, "peak_memory", lambda: 2 * HELD)

    def ask(path: Path, memory: int = 100 << 20) -> tuple[Answers, list[tuple[str, float]]]:
        said, caps = Answers(), Caps()
        process._answer(said, caps, {"path": os.fsencode(path).decode("latin-1"), "memory": memory})
        return said, caps.asked

    return ask


def test_a_picture_its_rows_and_what_is_held_are_told_in_turn(sketch: Path, asked: Any) -> None:
    said, limits = asked(sketch)
    assert said[0][0]["picture"]["width"] == 320
    assert said[0][1] == b""
    assert sum(len(strip) for fields, strip in said[1:-1] if fields == {}) == 320 * 240
    assert said[-1] == ({"end": True, "now": HELD, "peak": 2 * HELD}, b"")
    rest = (100 << 20) - HELD
    assert limits == [("time", 10.0), ("memory", rest), ("time", 10.0 + 320 * 240 / 1e6)]


def test_a_profile_is_the_payload_of_the_picture(sketch: Path, asked: Any, monkeypatch) -> None:
    picture = Picture(2, 1, 1, "uint8", iter([b"ab"]), icc=b"profile")
    monkeypatch.setattr(reading, "open_picture", lambda *_: picture)
    said, _ = asked(sketch)
    assert [payload for _, payload in said] == [b"profile", b"ab", b""]


def test_a_process_that_holds_more_than_it_may_gets_nothing_beyond(sketch: Path, asked: Any) -> None:
    _, limits = asked(sketch, HELD - 1)
    assert limits[1] == ("memory", 0)


ERRORS = {
    "refused": (FileError("a.png is damaged."), "a.png is damaged."),
    "memory": (MemoryError(), "{} takes more memory to read than allowed"),
    "fault": (ValueError("odd"), "ValueError: odd"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_whatever_goes_wrong_is_one_answer(sketch: Path, asked: Any, monkeypatch, name: str) -> None:
    error, words = ERRORS[name]

    def fail(*_: object) -> Picture:
        raise error

    monkeypatch.setattr(reading, "open_picture", fail)
    said, _ = asked(sketch)
    ((fields, payload),) = said
    assert list(fields) == ["fault" if name == "fault" else "refused"]
    (said_of_it,) = fields.values()
    if name != "fault":
        said_of_it = str(Said.from_data(said_of_it))
    assert said_of_it.startswith(words.format(sketch))
    assert payload == b""


def test_a_name_in_no_encoding_is_asked_for_and_told(tmp_path: Path, asked: Any) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xe9.png"))
    said, _ = asked(path)
    ((fields, payload),) = said
    assert payload == b""
    assert str(Said.from_data(fields["refused"])) == f"{tmp_path}/\\xff\\xe9.png does not exist."


def test_requests_are_taken_in_turn_and_the_end_of_input_is_the_end(monkeypatch) -> None:
    class Ended(Exception):
        """Instead of the process."""

    requests: list[Any] = [({"path": "a"}, b""), ({"path": "b"}, b""), Garbled("odd")]

    def receive(_: object) -> Any:
        request = requests.pop(0)
        if isinstance(request, Exception):
            raise request
        return request

    def end(status: int) -> None:
        raise Ended(status)

    monkeypatch.setattr(wire, "receive", receive)
    monkeypatch.setattr(os, "_exit", end)
    arrived: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    with pytest.raises(Ended) as ended:
        process._read_on(None, arrived)
    assert ended.value.args == (0,)
    assert [arrived.get_nowait()["path"] for _ in range(2)] == ["a", "b"]
