# SPDX-License-Identifier: GPL-3.0-or-later
"""The page: read in strips, its paper, how closely it is looked at, what is kept of that."""
