# SPDX-License-Identifier: GPL-3.0-or-later
"""Links between the documents lead somewhere: to a file that is there, and to a heading in it."""

from __future__ import annotations

import posixpath
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.*)$", re.MULTILINE)
ON_GITHUB = "../../releases"  # from the README's place: no file, but the repository's page of releases


@pytest.fixture(scope="module")
def documents() -> dict[str, str]:
    """Every document in git, by its place."""
    listed = subprocess.run(["git", "ls-files", "-z", "*.md"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a checkout")
    names = [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).exists()]
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in names}


def anchors(text: str) -> set[str]:
    """The names GitHub gives to the headings."""
    headings = HEADING.findall(re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))
    plain = [re.sub(r"[^\w\- ]", "", re.sub(r"\]\([^)]*\)", "]", heading).lower()) for heading in headings]
    return {heading.strip().replace(" ", "-") for heading in plain}


def test_every_link_leads_to_a_file_and_a_heading(documents):
    dead, seen = [], 0
    for name, text in documents.items():
        for target in LINK.findall(CODE.sub("", text)):
            path, _, anchor = target.partition("#")
            if "://" in target or target.startswith(("mailto:", ON_GITHUB)):
                continue
            seen += 1
            there = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            if not (ROOT / there).exists() or (anchor and anchor not in anchors(documents.get(there, ""))):
                dead.append(f"{name}: {target}")
    assert seen > 70
    assert dead == []


def test_headings_are_named_as_github_names_them():
    text = "# Is this AI, and what?\n## `a.b` in [C](d.md)\n```\n# no heading\n```\n"
    assert anchors(text) == {"is-this-ai-and-what", "ab-in-c"}
