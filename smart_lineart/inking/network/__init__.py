# SPDX-License-Identifier: GPL-3.0-or-later
"""The network: models, tiles, runtimes, and what it says of a page."""
