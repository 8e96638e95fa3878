# SPDX-License-Identifier: GPL-3.0-or-later
"""The command on a disk that is really full: a sentence, the old lineart, nothing half-done."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

UNSHARE = ["unshare", "--map-root-user", "--mount"]


def can_mount() -> bool:
    if not shutil.which("unshare"):
        return False
    return subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not can_mount(), reason="no disk of one's own can be mounted here")

# A disk of so many kilobytes with the sketch and an older lineart on it; told: how the command ended, what
# it said, and what lies on the disk afterwards.
SCRIPT = """
mount -t tmpfs -o size="$1"k disk "$2"
cp "$3" "$2/page.png"
printf older > "$2/page-lineart.png"
"$4" -m smart_lineart ink "$2/page.png" --thickness 9 --memory-limit 300M 2>&1
echo "status $?"
cd "$2" && for file in $(ls -A); do echo "$(sha256sum "$file")"; done
"""


def ink_on_disk(kilobytes: int, sketch: Path, folder: Path) -> tuple[int, str, dict[str, str]]:
    """Exit status, what was said, and the checksum of each file left."""
    done = subprocess.run(
        [*UNSHARE, "sh", "-c", SCRIPT, "sh", str(kilobytes), str(folder), str(sketch), sys.executable],
        capture_output=True, text=True, check=True, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    said, rest = done.stdout.split("status ", 1)
    status, *lines = rest.splitlines()
    files = {line.split(None, 1)[1]: line.split(None, 1)[0] for line in lines}
    return int(status), said.strip(), files


@pytest.fixture(scope="module")
def large_sketch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page whose luma is kept on disk at 300 MB of memory, in a small file; its lineart takes 300 kB."""
    page = np.full((6400, 6400), 255, np.uint8)
    for radius in range(200, 3200, 400):
        cv2.circle(page, (3200, 3200), radius, 0, 9)
    path = tmp_path_factory.mktemp("sketch") / "large.png"
    Image.fromarray(page).save(path, dpi=(300, 300))
    return path


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("room", "sentence"),
    [(2_000, "does not fit into"), (40_100, "cannot be written: the disk is full")],
    ids=["while the page is read", "while the lineart is written"],
)
def test_a_full_disk_is_said_and_leaves_what_was(
    tmp_path: Path, large_sketch: Path, room: int, sentence: str
) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    whole = large_sketch.read_bytes()
    status, said, files = ink_on_disk(len(whole) // 1024 + room, large_sketch, folder)
    assert status == 2
    assert sentence in said
    assert "the disk is full" in said.lower().replace("no space left on device", "the disk is full")
    assert len(said.splitlines()) == 1
    assert files == {"page.png": sha256(whole), "page-lineart.png": sha256(b"older")}


def test_with_room_enough_the_same_is_inked(tmp_path: Path, large_sketch: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    status, said, files = ink_on_disk(90_000, large_sketch, folder)
    assert status == 0, said
    assert set(files) == {"page.png", "page-lineart.png"}
    assert files["page-lineart.png"] != sha256(b"older")
