# SPDX-License-Identifier: GPL-3.0-or-later
"""The docker: an observable model of documents, lineart and runs, and the widgets bound to it."""
