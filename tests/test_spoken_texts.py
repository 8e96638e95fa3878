# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text that an artist can read is written out where it is said, with a value for each of its places."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.spoken_texts import ROOT, Finder

ERRORS = """
class SaidError(Exception): ...
class Bad(SaidError): ...
class Usual(Bad):
    usual = "It went {{wrong}}."
class Same(Usual): ...
class Worded(Bad):
    def __init__(self, template, /, *, hung=False, **values): ...
class Other(Exception): ...
"""


@pytest.fixture
def look(tmp_path: Path):
    """Looks through a package of which one module holds a piece of code."""

    def find(source: str, name: str = "inking/module.py") -> Finder:
        package = tmp_path / "smart_lineart"
        for path, text in {"errors.py": ERRORS, name: source}.items():
            (package / path).parent.mkdir(parents=True, exist_ok=True)
            (package / path).write_text(text, encoding="utf-8")
        return Finder(package)

    return find


def test_the_code_is_without_faults() -> None:
    assert Finder().faults == []


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("tr('Pen')", "Pen"),
        ("i18n.tr('{a} and {b}', a=1, b=f'{x}')", "{a} and {b}"),
        ("raise Bad('long ' 'text')", "long text"),
        ("raise errors.Bad('a {b}', b=Said('c')) from e", "a {b}"),
        ("Said('{{a}}')", "{{a}}"),
        ("Same('another {word}', word=1)", "another {word}"),
        ("Worded('no answer in {hours} h', hours=2, hung=True)", "no answer in {hours} h"),
    ],
)
def test_texts_are_found_however_they_are_said(look, source: str, text: str) -> None:
    found = look(source)
    assert found.faults == []
    assert text in [one.template for one in found.texts]


def test_what_a_class_usually_says_is_found_once(look) -> None:
    found = look("raise Usual\nraise Usual()\nSame()")
    assert (found.faults, [one.template for one in found.texts]) == ([], ["It went {{wrong}}."])


def test_numbers_have_two_texts(look) -> None:
    (_, found) = look("tr_count('1 thing', '{count} things', count)").texts
    assert (found.template, found.many) == ("1 thing", "{count} things")


@pytest.mark.parametrize(
    "source",
    [
        "tr(f'Pen {number}')",
        "tr(text)",
        "tr('a' + b)",
        "raise Bad(f'{name} is gone.')",
        "raise Bad('{} is gone.'.format(name))",
        "raise errors.Same(sentence)",
        "raise Bad()",
        "raise Bad",
        "class Worse(Bad):\n    usual = f'{x}'",
        "Bad('no answer', hung=True)",
        "tr('{count} things')",
        "tr_count('1 thing', '{counts} things', count)",
        "Said()",
        "tr_count('1 thing', many, count)",
        "tr_count('1 thing')",
        "tr('{a}')",
        "tr('text', a=1)",
        "Bad('{a}', b=1)",
        "Bad('{a}', **values)",
        "Said('{a} {a}', a=1)",
        "Said('{a.b}', a=1)",
        "Said('{}')",
        "Said('{a:>9}', a=1)",
        "Said('{A}', A=1)",
    ],
)
@pytest.mark.parametrize("place", ["inking/module.py", "cli/module.py"])
def test_texts_that_cannot_be_looked_up_are_faults(look, source: str, place: str) -> None:
    (fault, *_) = look(source, place).faults
    assert fault.startswith((f"smart_lineart/{place}:1: ", f"smart_lineart/{place}:2: "))


def test_other_calls_are_left_alone(look) -> None:
    found = look("Other(f'{a}'); print(text); Bad.saying(said); str(x); except_(Bad)")
    assert (found.faults, len(found.texts)) == ([], 1)


def test_the_command_speaks_english(look) -> None:
    assert [one.template for one in look("raise Bad('English {only}', only=1)", "cli/module.py").texts] == [
        "It went {{wrong}}."
    ]


def test_what_has_no_words_is_not_translated(look) -> None:
    found = look("Bad('{name}: {problem}.', name=1, problem=2)")
    assert (found.faults, len(found.texts)) == ([], 1)


@pytest.mark.parametrize(
    ("source", "note"),
    [
        ("# Translators: a unit\ntr('px')", "a unit"),
        ("# Translators: one\n# and two\nx = (\n    tr('px')\n)", "one and two"),
        ("# a comment\ntr('px')", ""),
        ("# Translators: for another\nother()\ntr('px')", ""),
    ],
)
def test_comments_reach_the_translators(look, source: str, note: str) -> None:
    assert [one.note for one in look(source).texts if one.template == "px"] == [note]


def test_a_made_language_is_only_a_named_one() -> None:
    """`make` takes what a desktop has in LANGUAGE for its own; only one given to it counts."""
    for words, named in (([], ""), (["LANGUAGE=fr"], " fr")):
        told = subprocess.run(
            ["make", "-n", "-o", ".venv/.ready-dev", "translations", *words],
            cwd=ROOT,
            env={"LANGUAGE": "de:en", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert told.splitlines()[-1].rstrip().endswith(f"scripts/translations.py{named}")


def test_the_script_refuses_a_language_that_is_none() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/translations.py", "no language"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no such language" in done.stderr
    assert done.stdout == ""
