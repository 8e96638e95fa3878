# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said to the artist, and what is kept for the diagnostics; without Krita."""

from __future__ import annotations

import pytest

from smart_lineart.inking import InkError, OutOfMemory
from smart_lineart.studio.language import i18n
from smart_lineart.studio.messages import Message, Messages


@pytest.fixture
def messages() -> Messages:
    return Messages()


def test_one_sentence_is_shown_until_the_next(messages: Messages) -> None:
    assert (messages.shown, messages.last_error) == (Message("", "note"), "")
    heard: list[Message] = []
    messages.changed.connect(lambda: heard.append(messages.shown))
    messages.say("The lineart is there.")
    messages.say("It is not.", "error")
    messages.say("")
    assert heard == [
        Message("The lineart is there.", "note"),
        Message("It is not.", "error"),
        Message("", "note"),
    ]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InkError("One sentence."), "One sentence."),
        (MemoryError(), "Krita ran out of memory"),
        (
            ZeroDivisionError("never shown"),
            'Something went wrong that should not have: use "Copy diagnostics"',
        ),
    ],
)
def test_an_error_is_one_sentence_and_its_story_is_kept(messages: Messages, error, said: str) -> None:
    try:
        raise error
    except BaseException as raised:  # noqa: BLE001
        messages.report(raised)
    assert messages.shown.text.startswith(said)
    assert "never shown" not in messages.shown.text
    assert messages.shown.kind == "error"
    assert messages.last_error.startswith("Traceback")
    assert "test_messages.py" in messages.last_error
    assert type(error).__name__ in messages.last_error


def test_the_engines_sentences_are_said_in_the_artists_language(messages: Messages) -> None:
    i18n.choose_language(["de"])
    try:
        messages.report(OutOfMemory())
    finally:
        i18n.choose_language(["en"])
    assert "Speicher" in messages.shown.text
    assert "out of memory" not in messages.shown.text
