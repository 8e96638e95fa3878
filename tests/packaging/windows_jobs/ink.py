# SPDX-License-Identifier: GPL-3.0-or-later
"""Inks in every style."""

from plugin import every_style, make_inker, say, sys

notices = []
with make_inker(notices) as inker:
    say(ink=every_style(inker), platform=sys.platform, notices=notices, runtime=inker.runtime_name)
