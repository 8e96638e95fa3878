# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes README.md's table of downloads: a link for every zip that a release of this version has.

Usage: python scripts/download_links.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from packaging_tools.contents import NAME, version  # noqa: E402

README = ROOT / "README.md"
SYSTEMS = {
    "windows-x86_64": "Windows, 64 bit",
    "macos-arm64": "macOS, Apple processor (M1 or newer)",
    "linux-x86_64": "Linux, 64 bit",
    "linux-x86_64-gpu": "Linux, larger: can also use an Intel GPU",
}
BLOCK = re.compile(r"(<!-- downloads: .*? -->\n).*?(<!-- end of downloads -->)", re.DOTALL)


def link(system: str, of: str) -> str:
    """Where a release's zip lies, from the README's place on GitHub."""
    return f"../../releases/download/v{of}/{NAME}-{of}-{system}.zip"


def block(of: str) -> str:
    """The lines between the marks."""
    lines = ["| your system | download |", "|---|---|"]
    lines += [
        f"| {title} | [{NAME}-{of}-{system}.zip]({link(system, of)}) |" for system, title in SYSTEMS.items()
    ]
    if ".dev" in of:
        lines += ["", f"{of} is being worked on: its files are there from its release on. Until then the"]
        lines += ["[newest release](../../releases) has files, or [build one](#building-and-testing)."]
    return "\n".join(lines) + "\n"


def with_links(text: str, of: str) -> str:
    """The README with the table for a version. Raises ValueError where its marks are missing."""
    if not BLOCK.search(text):
        raise ValueError("README.md lacks the marks around its downloads")
    return BLOCK.sub(lambda match: match[1] + block(of) + match[2], text)


if __name__ == "__main__":
    README.write_text(with_links(README.read_text(encoding="utf-8"), version()), encoding="utf-8")
