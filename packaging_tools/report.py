# SPDX-License-Identifier: GPL-3.0-or-later
"""A zip's table of contents, by folder, with sizes."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from pathlib import Path, PurePosixPath

DEPTH = 3


def table(path: Path) -> str:
    """Lines of "files, MB zipped, MB unpacked, folder"; large files have a line of their own."""
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                for row in (rows[_row(info)], rows["together"]):
                    row[0] += 1
                    row[1] += info.compress_size
                    row[2] += info.file_size
    lines = [f"{path.name}: {path.stat().st_size / 1e6:.1f} MB", " files  zipped MB  unpacked MB"]
    together = rows.pop("together")
    for name, (files, zipped, unpacked) in [*sorted(rows.items()), ("together", together)]:
        lines.append(f"{files:6}  {zipped / 1e6:9.2f}  {unpacked / 1e6:11.2f}  {name}")
    return "\n".join(lines)


def _row(info: zipfile.ZipInfo) -> str:
    if info.compress_size > 1_000_000:
        return info.filename
    parts = PurePosixPath(info.filename).parts
    return parts[0] if len(parts) == 1 else "/".join(parts[: min(DEPTH, len(parts) - 1)]) + "/"
