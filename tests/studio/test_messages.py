# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said to the artist, and what is kept for the diagnostics; without Krita."""

from __future__ import annotations

import pytest

from smart_lineart.inking import InkError, OutOfMemory
from smart_lineart.studio import messages as module
from smart_lineart.studio.language import i18n
from smart_lineart.studio.messages import Message, Messages, for_a_while


@pytest.fixture
def here() -> list[str | None]:
    """The document in front, as Krita tells."""
    return [None]


@pytest.fixture
def messages(here: list[str | None]) -> Messages:
    return Messages(lambda: here[0], lambda document: document != "closed")


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


class TestHowLongItIsSaid:
    @pytest.fixture(autouse=True)
    def at_hand(self, here: list[str | None]) -> None:
        self.here = here

    def said(self, messages: Messages, *looks: str | None) -> list[bool]:
        """Whether it is still there after each look at a document."""
        found = []
        for document in looks:
            self.here[0] = document
            messages.look(document)
            found.append(bool(messages.shown.text))
        return found

    def test_what_is_about_a_document_goes_when_the_artist_leaves_it(self, messages: Messages) -> None:
        self.said(messages, "page")
        messages.say("X is blank.")
        assert self.said(messages, "page", "other", "page") == [True, False, False]

    def test_what_is_about_another_document_stays_until_they_were_there(self, messages: Messages) -> None:
        self.said(messages, "page")
        messages.say("X failed.", of="other")
        assert self.said(messages, "page", "third", "other", "page") == [True, True, True, False]

    def test_what_is_about_a_document_that_was_closed_goes(self, messages: Messages) -> None:
        self.said(messages, "page")
        messages.say("X is ready.", of="closed", so=lambda: 1 / 0 > 0)
        assert self.said(messages, "page") == [False]

    def test_without_a_document_it_goes_with_the_first(self, messages: Messages) -> None:
        messages.say("Open a document.")
        assert self.said(messages, None, "page") == [True, False]

    def test_what_is_said_before_a_closing_was_noticed_stays(self, messages: Messages) -> None:
        self.said(messages, "page")
        self.here[0] = None
        messages.say("Open a document.")
        assert self.said(messages, None, "page") == [True, False]

    def test_it_goes_with_its_cause(self, messages: Messages) -> None:
        cause = [True]
        self.said(messages, "page")
        messages.say("Select an area.", so=lambda: cause[0])
        assert self.said(messages, "page") == [True]
        cause[0] = False
        assert self.said(messages, "page") == [False]

    def test_the_cause_is_asked_for_only_in_its_document(self, messages: Messages) -> None:
        """Krita ends where a layer of a closed document is touched."""
        self.said(messages, "page")
        messages.say("X is blank.", of="other", so=lambda: 1 / 0 > 0)
        assert self.said(messages, "page", "third") == [True, True]

    def test_what_went_well_goes_by_itself(self, messages: Messages, monkeypatch) -> None:
        now = [10.0]
        monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
        messages.report(InkError("Copied."), so=for_a_while())
        now[0] += 7
        assert self.said(messages, None) == [True]
        now[0] += 2
        assert self.said(messages, None) == [False]
