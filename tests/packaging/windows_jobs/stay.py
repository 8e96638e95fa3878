# SPDX-License-Identifier: GPL-3.0-or-later
"""Inks, waits for a line, and inks in a new process: a Krita that is open while the plugin is updated."""

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
with make_inker([]) as inker:
    say(ink=every_style(inker))
