# SPDX-License-Identifier: GPL-3.0-or-later
"""Training of the lineart network: corpus -> roughen -> looks -> scenes -> train -> export."""
