# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures in git: small, and shown where they lie. Every clone has each of them twice."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 150_000  # bytes, as in scripts/small_pictures.py
MOVING = {"docs/images/moving.webp": 400_000}  # bytes, as in scripts/moving_picture.py
ENDINGS = {".png", ".jpg", ".jpeg", ".webp", ".svg", ".gif"}
SKETCHES = "examples"  # inked by `make ink` and by tests: pages, and no pictures of anything
SHOWING = ("*.md", "*.html")
LINKS = re.compile(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"")


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Every file in git, from the root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a checkout")
    return [Path(name) for name in listed.stdout.decode().split("\0") if name and (ROOT / name).exists()]


def shown(files: list[Path]) -> dict[Path, Path]:
    """The pictures that documents link to, from the root, and the last document that does."""
    found = {}
    for document in (file for file in files if any(file.match(kind) for kind in SHOWING)):
        for match in LINKS.finditer((ROOT / document).read_text(encoding="utf-8")):
            link = match[1] or match[2]
            if "://" not in link and Path(link).suffix.lower() in ENDINGS:
                place = (ROOT / document.parent / link).resolve()
                found[place.relative_to(ROOT)] = document
    return found


def pictures(files: list[Path]) -> list[Path]:
    return [file for file in files if file.suffix.lower() in ENDINGS]


def test_every_picture_is_small(tracked):
    found = [file for file in pictures(tracked) if file.parts[0] != SKETCHES]
    assert len(found) > 20
    large = {str(file): (ROOT / file).stat().st_size for file in found}
    assert {name: size for name, size in large.items() if size > MOVING.get(name, LARGEST)} == {}


def test_every_picture_linked_is_there(tracked):
    links = shown(tracked)
    assert len(links) > 12
    assert {str(link): str(document) for link, document in links.items() if link not in tracked} == {}


def test_every_picture_of_the_documents_is_linked(tracked):
    found = [file for file in pictures(tracked) if file.parts[0] == "docs"]
    assert len(found) > 12
    assert [file for file in found if file not in shown(tracked)] == []
