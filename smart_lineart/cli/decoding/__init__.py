# SPDX-License-Identifier: GPL-3.0-or-later
"""Image files decoded in a process of its own, which the operating system keeps within memory and time."""
