# SPDX-License-Identifier: GPL-3.0-or-later
"""Stroke drawings with a known truth, drawn as sketches in many looks, and measures of lineart against them;
for training and benchmarks alike.
"""
