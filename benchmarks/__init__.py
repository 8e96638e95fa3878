# SPDX-License-Identifier: GPL-3.0-or-later
"""Quality and speed of the inking engine, measured against classical methods and a published network."""
