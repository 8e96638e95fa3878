# SPDX-License-Identifier: GPL-3.0-or-later
"""Strokes and solid areas drawn as coverage, at any thickness and in any style."""
