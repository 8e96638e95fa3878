# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzes one target with Atheris: `python -m tests.fuzz.fuzz TARGET CORPUS [libFuzzer's options]`.

scripts/fuzz.sh runs them all, bounded in time and memory.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

NAME, CORPUS = sys.argv[1], Path(sys.argv[2])

with atheris.instrument_imports(include=["smart_lineart"]):
    from tests.fuzz.targets import TARGETS

    TARGETS[NAME].warm()  # some readers are imported at their first use


def main() -> None:
    """Fuzz until libFuzzer's limits are reached; its exit status tells whether something was found."""
    target = TARGETS[NAME]
    CORPUS.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (CORPUS / f"seed-{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], *sys.argv[3:], str(CORPUS)], target.check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
