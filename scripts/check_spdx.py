# SPDX-License-Identifier: GPL-3.0-or-later
"""Names the source files whose first lines lack the SPDX header: check_spdx.py [FILE...]."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEADER = "SPDX-License-Identifier: GPL-3.0-or-later"


def tracked_sources() -> list[str]:
    """Every Python and shell file that git tracks."""
    listed = subprocess.run(["git", "ls-files", "*.py", "*.sh"], capture_output=True, text=True, check=True)
    return listed.stdout.split()


def lacks_header(path: str) -> bool:
    """Whether neither of the first two lines (the first may be #!) holds the header."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()[:2]
    return not any(HEADER in line for line in lines)


if __name__ == "__main__":
    bad = [path for path in sys.argv[1:] or tracked_sources() if lacks_header(path)]
    for path in bad:
        print(f'{path}: the first line should be "# {HEADER}"')
    sys.exit(bool(bad))
