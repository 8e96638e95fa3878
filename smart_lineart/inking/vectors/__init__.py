# SPDX-License-Identifier: GPL-3.0-or-later
"""Strokes and solid areas as vectors: few Bezier curves, whatever file or program they are for."""
