# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make check` runs: tests shared out evenly, and a verdict that nothing slips past."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from scripts import check


def test_every_quick_test_is_in_one_share() -> None:
    files = check.quick_tests()
    parts = check.shares(files)
    assert len(parts) == check.SHARES
    assert sorted(name for part in parts for name in part) == sorted(
        path.relative_to(check.ROOT).as_posix() for path in files
    )
    sizes = [sum((check.ROOT / name).stat().st_size for name in part) for part in parts]
    assert max(sizes) < 1.2 * min(sizes)


def test_tests_in_krita_wait_for_the_whole_suite() -> None:
    names = {path.relative_to(check.ROOT).as_posix() for path in check.quick_tests()}
    assert not [
        name for name in names if name.startswith(("tests/krita/", "tests/packaging/", "tests/fuzz/"))
    ]
    assert "tests/test_quick_checks.py" in names


@pytest.mark.parametrize(
    ("command", "failed", "passed"),
    [
        ("print('7 passed in 1 s')", [], 7),
        ("print('1 failed, 7 passed'); raise SystemExit(1)", ["part"], 7),
        ("raise SystemExit(5)", ["part"], 0),
    ],
)
def test_what_fails_is_told_and_shown(
    capsys: pytest.CaptureFixture[str], command: str, failed: list[str], passed: int
) -> None:
    checks = check.Checks()
    checks.run("part", [sys.executable, "-c", command])
    assert (checks.failed, checks.passed_tests) == (failed, passed)
    said = capsys.readouterr().out
    assert ("FAILED" in said) == bool(failed)
    assert ("1 failed" in said) == ("1 failed" in command)


@pytest.mark.parametrize(("least", "code"), [(check.SHARES, 0), (check.SHARES + 1, 1)])
def test_fewer_tests_than_there_should_be_are_a_failure(
    monkeypatch: pytest.MonkeyPatch, least: int, code: int
) -> None:
    monkeypatch.setattr(check, "LINTERS", {})
    monkeypatch.setattr(check, "PYTEST", [sys.executable, "-c", "print('1 passed')"])
    monkeypatch.setattr(check, "LEAST_TESTS", least)
    with pytest.raises(SystemExit) as ended:
        check.main()
    assert ended.value.code == code


@pytest.mark.parametrize(("floor", "code"), [("1", 0), ("100", 1)])
def test_coverage_of_all_parts_is_told_and_too_little_fails(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path, floor: str, code: int
) -> None:
    monkeypatch.setattr(check, "ROOT", tmp_path)
    monkeypatch.setattr(check, "LINTERS", {})
    monkeypatch.setattr(check, "LEAST_TESTS", 2)
    (tmp_path / "tests").mkdir()
    for name, calls in (("one", "left"), ("two", "right")):
        (tmp_path / "tests" / f"test_{name}.py").write_text(
            f"import halves\ndef test() -> None:\n    halves.{calls}()\n"
        )
    (tmp_path / "halves.py").write_text(
        "def left():\n    return 1\n\n\ndef right():\n    return 2\n\n\ndef neither():\n    return 3\n"
    )
    (tmp_path / "pyproject.toml").write_text(
        f"[tool.pytest.ini_options]\npythonpath = ['.']\nmarkers = ['slow', 'krita']\n"
        f"[tool.coverage.run]\nsource = ['halves']\n[tool.coverage.report]\nfail_under = {floor}\n"
    )
    with pytest.raises(SystemExit) as ended:
        check.main(["--coverage"])
    assert ended.value.code == code
    said = capfd.readouterr().out
    assert re.search(r"halves\.py +6 +1 +83%", said)  # each part ran one of three
    assert ("failed: coverage" in said) == bool(code)
