# SPDX-License-Identifier: GPL-3.0-or-later
"""start.py SCRIPT ARGUMENTS: runs a script as any Python would, in Wine and Python's embeddable package."""

import runpy
import sys
from pathlib import Path

try:
    import _winapi

    vars(_winapi).pop("CopyFile2", None)  # Wine 8 has none, and Python 3.12 on would copy files with it
except ImportError:
    pass
del sys.argv[0]
sys.path.insert(0, str(Path(sys.argv[0]).parent))
runpy.run_path(sys.argv[0], run_name="__main__")
