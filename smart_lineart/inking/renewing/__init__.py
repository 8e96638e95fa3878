# SPDX-License-Identifier: GPL-3.0-or-later
"""Ink renewed on a layer that the artist has changed: what they did stays."""
