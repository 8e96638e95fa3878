# SPDX-License-Identifier: GPL-3.0-or-later
"""Names the links of a built site that lead nowhere in it, and what it would fetch from elsewhere.

Usage: python scripts/check_site.py [FOLDER]        exit code 1 where there are any
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED = {"img", "script", "source", "video", "audio", "iframe", "embed"}  # what a browser gets by itself
FETCHED_LINKS = {"stylesheet", "icon", "preload", "preconnect"}


@dataclass
class Page(HTMLParser):
    """Where a page's links lead, what it fetches, and the places in it that links may name."""

    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the tag's links and names."""
        named = {name: value or "" for name, value in attrs}
        self.places |= {named[name] for name in ("id", "name") if name in named}
        target = named.get("src") or named.get("href")
        if not target:
            return
        related = set(named.get("rel", "").split())
        fetches = tag in FETCHED or (tag == "link" and bool(FETCHED_LINKS & related))
        (self.fetched if fetches else self.links).append(target)


def read(path: Path) -> Page:
    """A page's links and places."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def faults(site: Path) -> Iterator[str]:
    """A line for each link that leads nowhere, and for each thing that lies elsewhere and is fetched."""
    pages = {path.resolve(): read(path) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        told = path.relative_to(site.resolve())
        yield from (f"{told}: fetches {target}" for target in page.fetched if urlsplit(target).netloc)
        for target in page.links + page.fetched:
            parts = urlsplit(target)
            # The page for what is not found is shown at any address, and so has the site's own.
            if parts.scheme or parts.netloc or path.name == "404.html":
                continue
            there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            there = there / "index.html" if there.is_dir() else there
            if not there.is_file():
                yield f"{told}: {target} is not there"
            elif parts.fragment and there in pages and unquote(parts.fragment) not in pages[there].places:
                yield f"{told}: {target} names no place there"


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/site")
    found = list(faults(folder))
    print(*found, f"{len(list(folder.rglob('*.html')))} pages, {len(found)} faults", sep="\n")
    sys.exit(bool(found) or not folder.is_dir())
