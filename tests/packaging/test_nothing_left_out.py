# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from tests.packaging.conftest import not_here

FAILED, SKIPPED = pytest.fail.Exception, pytest.skip.Exception


@pytest.mark.parametrize(("ci", "outcome"), [("true", FAILED), ("", SKIPPED)])
def test_what_cannot_be_tested_here_is_a_failure_where_all_must_be(monkeypatch, ci, outcome) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises((FAILED, SKIPPED), match="no Wine") as caught:  # a skip would skip this test
        not_here("no Wine")
    assert caught.type is outcome
