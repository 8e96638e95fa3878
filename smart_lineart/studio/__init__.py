# SPDX-License-Identifier: GPL-3.0-or-later
"""The application: settings, documents, runs. Knows Krita through krita_host, and no Qt."""
