# SPDX-License-Identifier: GPL-3.0-or-later
"""The protections that `scripts/without_protection.py` takes out, and what it makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import without_protection
from scripts.protections import GROUPS, PROTECTIONS, Protection

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("protection", PROTECTIONS, ids=lambda one: one.name)
def test_what_is_taken_out_is_there_once_and_its_tests_are_there(protection: Protection) -> None:
    assert (ROOT / protection.file).read_bytes().count(protection.old.encode()) == 1
    assert protection.old != protection.new
    files = [test for test in protection.tests if test.startswith("tests/")]
    assert files
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_every_group_has_protections_and_every_protection_a_group_and_a_name_of_its_own() -> None:
    assert {one.group for one in PROTECTIONS} == set(GROUPS)
    assert len({one.name for one in PROTECTIONS}) == len(PROTECTIONS)


SUM = "def add(a, b):\n    return a + b\n"
TEST = "from smart_lineart.toy import add\n\ndef test_it():\n    assert add(2, {second}) == 4\n"


@pytest.mark.parametrize(
    ("second", "new", "words", "outcome"),
    [
        (2, "a - b", (), without_protection.NOTICED),
        (2, "a * b", (), without_protection.UNNOTICED),
        (3, "a - b", (), without_protection.FAILS_ANYWAY),
        (2, "a - b", ("-k", "nothing"), without_protection.NOT_RUN),
    ],
)
def test_only_tests_that_fail_without_a_protection_and_pass_with_it_count(
    tmp_path: Path, second: int, new: str, words: tuple[str, ...], outcome: str
) -> None:
    toy, test = tmp_path / "smart_lineart/toy.py", tmp_path / "test_toy.py"
    toy.parent.mkdir()
    (toy.parent / "__init__.py").touch()
    toy.write_text(SUM)
    test.write_text(TEST.format(second=second))
    protection = Protection(0, "adds", "smart_lineart/toy.py", "a + b", new, ("test_toy.py", *words))
    assert without_protection.without(protection, tmp_path, set()) == outcome
    assert toy.read_text() == SUM


def test_the_summary_counts_what_is_noticed_in_each_group() -> None:
    first, second = (Protection(1, name, "", "", "x", ()) for name in ("a", "b"))
    told = without_protection.summary(
        {first: without_protection.NOTICED, second: without_protection.UNNOTICED}
    )
    assert "1 of 2 noticed" in told
    assert told.endswith("1 of 2 protections: their tests fail without them")
