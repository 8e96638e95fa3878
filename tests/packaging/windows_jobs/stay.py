# SPDX-License-Identifier: GPL-3.0-or-later
"""Inks, waits for a line, and inks again: a Krita that is open while the plugin is updated.

Its worker stays: one started after the update would delete the copies in use, as Wine lets their folders be
renamed.
"""

from pathlib import Path

from plugin import every_style, make_inker, np, say, sys

with make_inker([]) as inker:
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
    say(ink=every_style(inker))
