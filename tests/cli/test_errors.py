# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of the system's errors, and which of them mean that memory is short."""

from __future__ import annotations

import errno
import os

import pytest

from smart_lineart.cli.errors import CommandError, out_of_memory, why

SAID = {
    errno.ENOSPC: "the disk is full",
    errno.ENOMEM: "there is not enough memory",
    errno.EROFS: "the file system is read-only",
    errno.ELOOP: "its links lead round in a ring",
    errno.EACCES: "permission denied",
    errno.EIO: "input/output error",
}


@pytest.mark.parametrize("number", SAID)
def test_a_reason_follows_a_colon(number: int) -> None:
    assert why(OSError(number, os.strerror(number))) == SAID[number]


def test_an_error_without_a_number_gives_its_words_or_its_kind() -> None:
    assert why(OSError("No such thing")) == "no such thing"
    assert why(BrokenPipeError()) == "brokenPipeError"


def test_a_sentence_is_one_line() -> None:
    assert str(CommandError("Too\n  many  lines.")) == "Too many lines."


def failed(error: BaseException, *, cause: BaseException | None = None) -> BaseException:
    """An error as it is caught: raised from a cause, where there is one."""
    try:
        raise error from cause
    except BaseException as caught:  # noqa: BLE001
        return caught


def while_handling(first: BaseException, then: BaseException) -> BaseException:
    """An error raised while another one was handled."""
    try:
        try:
            raise first
        except BaseException:  # noqa: BLE001
            raise then  # noqa: B904
    except BaseException as caught:  # noqa: BLE001
        return caught


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        ImportError("libx.so: failed to map segment from shared object"),
        RuntimeError("can't start new thread"),
        failed(ImportError("numpy"), cause=MemoryError()),
        failed(ImportError("numpy"), cause=failed(ImportError("libx"), cause=MemoryError())),
        while_handling(MemoryError(), RuntimeError("so it ended")),
    ],
)
def test_short_memory_is_known_by_whatever_led_to_an_error(error: BaseException) -> None:
    assert out_of_memory(error)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("odd"),
        failed(ImportError("numpy"), cause=OSError(errno.ENOENT, "No such file")),
        while_handling(KeyError("a"), ValueError("b")),
    ],
)
def test_other_faults_are_not_taken_for_short_memory(error: BaseException) -> None:
    assert not out_of_memory(error)
