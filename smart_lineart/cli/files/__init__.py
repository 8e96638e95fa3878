# SPDX-License-Identifier: GPL-3.0-or-later
"""Image files: read strip by strip, and written whole or not at all."""
