# SPDX-License-Identifier: GPL-3.0-or-later
"""From the network's line map to tidy, smooth strokes; `tracing` has the list of steps.

Every step is local (what it does at a place depends on what lies near it), deterministic (the same map
gives the same strokes, in the same order), and exact when inked again (what did not change comes out bit
for bit the same). Lengths are px at working scale, where the network draws lines about 3 px wide.
"""
