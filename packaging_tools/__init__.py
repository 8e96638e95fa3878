# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the plugin's zips, checks them and puts them into Krita. Standard library only; see
build_plugin.py.
"""
