# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents as a site: every one has its place in it, and dead links are told."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import check_site  # noqa: E402 (the folder has just been put on the path)

CONFIGURATION = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
GENERATED = {"index.md", "manual.md", "contributing.md", "changelog.md", "security.md", "model.md", "api.md"}


def test_every_document_has_its_place_in_the_menu():
    named = set(re.findall(r"^ +- [^:\n]+: (\S+\.md)$", CONFIGURATION, re.MULTILINE))
    documents = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert named == documents | GENERATED


def test_nothing_is_fetched_from_elsewhere_by_the_theme():
    assert "font: false" in CONFIGURATION
    assert not re.search(r"^ *(extra_\w+: .*|src: .*)://", CONFIGURATION, re.MULTILINE)


def page(body: str) -> str:
    return f"<!doctype html><html><head><title>A page</title></head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('<a href="b.html">b</a> <a href="b.html#here">b</a> <a href="#top">up</a><p id="top">', []),
        ('<a href="https://example.org/x">elsewhere</a> <a href="mailto:a@example.org">write</a>', []),
        ('<a href="c.html">c</a>', ["a.html: c.html is not there"]),
        ('<img src="c.png">', ["a.html: c.png is not there"]),
        ('<a href="b.html#there">b</a>', ["a.html: b.html#there names no place there"]),
        ('<a href="#there">b</a>', ["a.html: #there names no place there"]),
        ('<script src="https://example.org/x.js"></script>', ["a.html: fetches https://example.org/x.js"]),
        ('<link rel="stylesheet" href="//example.org/x.css">', ["a.html: fetches //example.org/x.css"]),
    ],
)
def test_dead_links_are_told(tmp_path, body, told):
    (tmp_path / "a.html").write_text(page(body))
    (tmp_path / "b.html").write_text(page('<p id="here">'))
    assert list(check_site.faults(tmp_path)) == told
