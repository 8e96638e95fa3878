# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the network that reads finished pictures: lines, and edges of shade, highlight and colour."""
