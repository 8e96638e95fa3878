# SPDX-License-Identifier: GPL-3.0-or-later
"""What a document remembers: settings, linearts, and their ink."""
