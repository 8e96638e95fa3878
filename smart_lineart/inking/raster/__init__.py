# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels: morphology, thinning, resampling, connected regions. Knows nothing of pages or lines."""
