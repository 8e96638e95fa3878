# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker process that the kernel ends when it opens a socket or writes a file.

Usage: watched_python.py ... WORKER.PY, as SMART_LINEART_PYTHON, with a copy of tests/inking/watched_child.py
beside it.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import watched_child


def main() -> None:
    watched_child.forbid_writing()
    watched_child.forbid_native_sockets()
    watched_child.forbid_python_sockets()
    del sys.path[0]
    spec = importlib.util.spec_from_file_location("worker", sys.argv[-1])
    worker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(worker)
    worker.main()


if __name__ == "__main__":
    main()
