# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker process is killed or frozen, the document closed, at any moment of what we do: Krita lives.

SMART_LINEART_LONG=1 makes 200 trials of it, SMART_LINEART_TRIALS as many as it says; SMART_LINEART_SEED
begins elsewhere than the suite always does.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

import harness
import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux's /proc")

LONG = os.environ.get("SMART_LINEART_LONG") == "1"
SEED = os.environ.get("SMART_LINEART_SEED", "9")
TRIALS = int(os.environ.get("SMART_LINEART_TRIALS", "200" if LONG else "3"))
SIZES = [(360, 260), (360, 260), (500, 360)]
TRIAL = """
def job():
    from smart_lineart_driver.ends import Trial
    return (yield from Trial(SEED, FOLDER, SIZES).run())
"""


def started(start_krita) -> harness.KritaProcess:
    krita = start_krita()
    krita.run("def job():\n    arrange()\n    yield 500")
    return krita


def test_krita_outlives_whatever_ends_at_random(start_krita, folder_krita_sees, figures) -> None:
    folder = str(folder_krita_sees())
    krita, failures, deaths = started(start_krita), [], 0
    for number in range(TRIALS):
        seed = f"{SEED}-{number}"
        try:
            story = krita.run(TRIAL, timeout=150, SEED=seed, FOLDER=folder, SIZES=SIZES)
            figures("; ".join(story))
        except harness.KritaError as error:
            deaths += not krita.running
            failures.append(f"seed {seed}: Krita {'lives' if krita.running else 'died'}\n{error}")
            figures(failures[-1])
            krita.close()
            with suppress(ProcessLookupError):  # a frozen worker stays behind a Krita that died
                os.killpg(krita.pid, signal.SIGKILL)
            krita = started(start_krita)
    figures(f"{TRIALS} trials: {deaths} times Krita died, {len(failures) - deaths} other failures")
    assert not failures, f"{len(failures)} of {TRIALS}, {deaths} deaths:\n" + "\n".join(failures)
    assert krita.close() == 0, krita.last_words
