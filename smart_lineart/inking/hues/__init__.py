# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines told apart by the colour they are drawn in."""
