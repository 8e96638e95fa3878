# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs: inking, renewing, following a slider or the pen."""
