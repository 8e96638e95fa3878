# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines out of a finished picture: what is line, shade, highlight and colour in it."""
