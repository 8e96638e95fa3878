# SPDX-License-Identifier: GPL-3.0-or-later
"""Inks, waits for a line, and inks again, twice: a Krita that is open while the plugin is updated.

First with the worker that it has, then with one that is started after the update.
"""

import os
import time
from pathlib import Path

from plugin import every_style, make_inker, np, say, sys

notices = []
with make_inker(notices) as inker:
    before = every_style(inker)
    # Beside the numpy that this Python has loaded; the zip has others for other Pythons.
    loaded = next(Path(np.__file__).parents[1].glob("numpy.libs/*.dll"))
    try:
        loaded.unlink()
        locked = False
    except OSError:
        locked = True
    say(ink=before, locked=locked)
    sys.stdin.readline()
    older = inker.worker_pid
    kept = every_style(inker)
    same = inker.worker_pid == older
    os.kill(older, 9)
    while inker.worker_pid == older:
        time.sleep(0.05)
    anew = every_style(inker)
    say(ink=kept, same=same, anew=anew, replaced=inker.worker_pid not in {None, older}, notices=notices)
