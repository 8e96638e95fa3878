# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said to people, as data: a template in English and the values that are filled into it.

Whoever says something knows no languages; whoever shows it looks the template up in a catalogue. Templates
are written out where something is said, so that ``scripts/translations.py`` finds every one of them. Needed
before it is known whether numpy is there, so only the standard library is used here.
"""

from __future__ import annotations

import re
import string
import sys
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, ClassVar, TypeVar, Union

Value = Union[str, int, float, "Said"]
_Error = TypeVar("_Error", bound="SaidError")

FULL_STOPS = ".。"
DEEPEST = 16  # levels of what is said in what is said, in data from another process
_BYTES = 0xDC00
_LOST_BYTES = range(_BYTES + 0x80, _BYTES + 0x100)  # how Python holds bytes of a name that are no text
_PLACE = re.compile(r"\{\{|\}\}|\{([a-z_]+)\}")


@dataclass(frozen=True, init=False)
class Said:
    """A sentence, or words that go into one; ``str()`` is the English on one line.

    Attributes:
        template: English, with {names} where values go, each once; "{{" and "}}" are braces themselves.
        values: text, numbers, and what is itself said, by name. What is given as something else, such as a
            path, becomes text; an error becomes what it says. Text has escapes for what cannot be shown.
    """

    template: str
    values: Mapping[str, Value] = field(hash=False)

    def __init__(self, template: str, /, **values: object) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "values", {name: _value(value) for name, value in values.items()})

    def __str__(self) -> str:
        return one_line(self.filled())

    def filled(self, wording: Callable[[str], str] = str) -> str:
        """With its values, in the language that `wording` puts templates into.

        A sentence within another one loses its full stop. A place without a value stays as it is written.
        """

        def shown(place: re.Match[str]) -> str:
            name = place[1]
            if name is None:
                return place[0][0]
            value = self.values.get(name, place[0])
            if isinstance(value, Said):
                return value.filled(wording).rstrip(FULL_STOPS)
            return f"{value:g}" if isinstance(value, float) else str(value)

        return _PLACE.sub(shown, wording(self.template))

    def to_data(self) -> dict[str, object]:
        """As JSON has it, for another process; see `from_data`."""
        values = {
            name: value.to_data() if isinstance(value, Said) else value for name, value in self.values.items()
        }
        return {"template": self.template, "values": values}

    @classmethod
    def from_data(cls, data: object, levels: int = DEEPEST) -> Said:
        """What another process says, which may have lost its mind. Raises ValueError for any other shape.

        Every value has one place in its template, and so no more is shown than was sent. Nothing in a text
        can steer a terminal.
        """
        facts = data if isinstance(data, dict) and set(data) == {"template", "values"} else {}
        template, values = facts.get("template"), facts.get("values")
        if not isinstance(template, str) or not isinstance(values, dict) or not levels:
            raise ValueError("words that are none")
        if sorted(_names(template)) != sorted(values):
            raise ValueError("values that have no place, or more than one")
        return cls(printable(template), **{name: _sent(value, levels - 1) for name, value in values.items()})


def placeholders(template: str) -> set[str]:
    """The names of the values that a template has places for."""
    return set(_names(template))


def _names(template: str) -> list[str]:
    return [name for name in _PLACE.findall(template) if name]


def _value(value: object) -> Value:
    if isinstance(value, SaidError):
        return value.said
    if isinstance(value, (int, float, Said)):
        return value
    # Line breaks in what a library says are no part of it; in a file's name they are.
    return escaped(_letters(str(value)), but="" if isinstance(value, PurePath) else string.whitespace)


def _letters(text: str) -> str:
    """A text with letters for what is UTF-8 in names of files, which a Python may know in ASCII alone."""
    if text.isascii() or sys.getfilesystemencoding() == "utf-8":
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def _sent(value: object, levels: int) -> Value:
    if isinstance(value, str):
        return printable(value)
    return value if isinstance(value, (int, float)) else Said.from_data(value, levels)


def printable(text: str) -> str:
    """A text without what would steer a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def escaped(text: str, but: str = "") -> str:
    """A text with escapes for what would steer a terminal, `but` for some, and for what is no text at all.

    A file's name can have any bytes. Those that are no text come as half a letter of two, which few programs
    take; here they are the bytes they were.
    """
    if text.isprintable():
        return text
    return "".join(letter if letter in but else _escape(letter) for letter in text)


def _escape(letter: str) -> str:
    if unicodedata.category(letter) not in ("Cc", "Cs"):
        return letter  # what joins or turns letters is part of some languages
    code = ord(letter)
    return f"\\x{code - _BYTES:02x}" if code in _LOST_BYTES else letter.encode("unicode_escape").decode()


def one_line(text: str) -> str:
    """A text as a status bar can show it: file names and native libraries bring line breaks along."""
    return " ".join(text.split())


class SaidError(Exception):
    """An error that says what is wrong and what to do: ``str(error)`` is one English sentence on one line."""

    usual: ClassVar[str] = ""
    """The template of a class that mostly says the same."""

    def __init__(self, template: str = "", /, **values: object) -> None:
        self.said = Said(template or self.usual, **values)
        super().__init__(str(self.said))

    @classmethod
    def saying(cls: type[_Error], said: Said) -> _Error:  # noqa: PYI019 (Self is not in Python 3.10's typing)
        """The error that says what was said elsewhere."""
        return cls(said.template, **said.values)

    @property
    def template(self) -> str:
        """English, with {names} where values go."""
        return self.said.template

    @property
    def values(self) -> Mapping[str, Value]:
        """What goes into the template."""
        return self.said.values

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception is made anew from its text otherwise, which is no template.
        return _again, (type(self), self.said), self.__dict__


def _again(kind: type[SaidError], said: Said) -> SaidError:
    error = kind.__new__(kind)
    SaidError.__init__(error, said.template, **said.values)
    return error
