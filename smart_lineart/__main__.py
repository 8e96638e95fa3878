# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m smart_lineart` is the `smart-lineart` command."""

from __future__ import annotations

import sys

from smart_lineart.cli import main

if __name__ == "__main__":
    sys.exit(main())
