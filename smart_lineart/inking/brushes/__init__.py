# SPDX-License-Identifier: GPL-3.0-or-later
"""Brush styles: pictures of their mark, and the grain of the canvas."""
