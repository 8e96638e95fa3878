# SPDX-License-Identifier: GPL-3.0-or-later
"""The only room that calls Krita's API: documents, layers, pixels and settings as small typed classes.

Everything here runs on the user interface's thread, because Krita's API does. Nothing here waits for an image
(``waitForDone``) while an artist may be painting on it: that would cut a brush stroke short.
"""
