# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzes one target with Atheris: `python -m tests.fuzz.fuzz TARGET CORPUS [libFuzzer's options]`.

scripts/fuzz.sh runs them all, bounded in time and memory.
"""

from __future__ import annotations

import faulthandler  # noqa: F401 (Atheris imports it to tell where an input is stuck)
import os
import sys
import time
from pathlib import Path

import atheris

NAME, CORPUS = sys.argv[1], Path(sys.argv[2])
runs = 0

with atheris.instrument_imports(include=["smart_lineart"]):
    from smart_lineart.cli.memory import memory_now
    from tests.fuzz.run import ENOUGH_MB, HANG_SECONDS
    from tests.fuzz.targets import TARGETS

    TARGETS[NAME].warm()  # some readers are imported at their first use


def grown_enough() -> None:
    """End this process, all being well, once it has grown; the next one goes on with what it found."""
    global runs  # noqa: PLW0603
    runs += 1
    if runs % 500 == 0 and memory_now() > ENOUGH_MB << 20:
        os._exit(0)


def main() -> None:
    """Fuzz until libFuzzer's limits are reached; its exit status tells whether something was found."""
    target = TARGETS[NAME]

    def check(data: bytes) -> None:
        grown_enough()
        began = time.process_time()
        target.check(data)
        if time.process_time() - began > HANG_SECONDS:
            raise TimeoutError

    CORPUS.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (CORPUS / f"seed-{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], *sys.argv[3:], str(CORPUS)], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
