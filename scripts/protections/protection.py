# SPDX-License-Identifier: GPL-3.0-or-later
"""What a protection is: a few characters whose loss a test must notice."""

from __future__ import annotations

from dataclasses import dataclass

GROUPS = {
    1: "a broken pipe does not end Krita",
    2: "a document closed while ink is written does not end Krita",
    3: "cancelled is cancelled, keyframes too",
    4: "Cancel takes effect at any moment, and going on inside Krita is said",
    5: "what a document says is bounded by its page and by memory",
    6: "image files and model cards cannot take what they like",
    7: "a file cut short while it is read",
    8: "what the command leaves behind and what it says; what the worker says",
    9: "files that are written, and Krita's own settings",
    10: "no Python but one of a place that is known",
    11: "Windows",
    12: "macOS",
    13: "nothing is fetched that is not named by checksum",
    14: "small faults that tests did not notice",
    15: "settings for parts of a lineart, and the artist's own layer",
    16: "a docker that does not surprise",
    17: "an artist's colours and strokes on flats",
    0: "faults of the network's process, hostile bytes, order and privacy",
}
"""What the protections are for, by number."""


@dataclass(frozen=True)
class Protection:
    """What is taken out: `old` in `file` becomes `new`. `tests`: pytest's words for what must then fail."""

    group: int
    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    @property
    def in_krita(self) -> bool:
        """Whether it takes a real Krita to notice."""
        return any(test.startswith("tests/krita/") for test in self.tests)
