# SPDX-License-Identifier: GPL-3.0-or-later
"""A file's first bytes tell what it is, whatever it is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files.formats import format_of, image_format, open_image

KINDS = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff\xe0": "jpeg",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
    b"II+\0": "tiff",
    b"MM\0+": "tiff",
    b"8BPS\0\x01": "psd",
    b"8BPS\0\x02": "psd",  # of more than 30,000 px, with other lengths
    b"PK\x03\x04": "kra",
    b"RIFF\x10\0\0\0WEBP": "webp",
}
OTHERS = [
    b"RIFF\x10\0\0\0WAVE",
    b"XXXX\x10\0\0\0WEBP",
    b"RIFFWEBP\0\0\0\0",
    b"GIF89a",
    b"BM",
    b"%PDF-1.7",
    b"<svg",
    b"\0\x89PNG\r\n\x1a\n",
    b"",
]


@pytest.mark.parametrize("start", KINDS)
def test_formats_are_told_by_their_signatures(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "named.wrongly"
    path.write_bytes(start.ljust(40, b"\0"))
    assert image_format(path) == KINDS[start]
    file, kind = open_image(path)
    with file:
        assert (kind, file.tell()) == (KINDS[start], 0)
        assert file.read(len(start)) == start
    assert format_of(start[:3] + b"?" + start[4:]) is None or start[:3] == b"\xff\xd8\xff"


@pytest.mark.parametrize("start", OTHERS)
def test_what_is_none_of_them_is_refused(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(start)
    assert format_of(start.ljust(16, b"\0")) is None
    with pytest.raises(FileError, match="is not an image that can be inked; PNG" if start else "is empty"):
        image_format(path)
