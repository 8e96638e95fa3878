# SPDX-License-Identifier: GPL-3.0-or-later
"""Which image files can be inked, told by their first bytes; a file's name may say anything."""

from __future__ import annotations

import contextlib
import stat
from pathlib import Path
from typing import BinaryIO

from smart_lineart.cli.errors import FileError, why

SUFFIXES = frozenset(
    {
        *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".tif", ".tiff", ".webp"),
        *(".psd", ".psb", ".kra", ".ora"),
    }
)
"""What a folder is searched for."""

OTHER_PICTURES = frozenset(
    {
        *(".bmp", ".dib", ".gif", ".heic", ".heif", ".avif", ".jxl", ".jp2", ".j2k", ".jpx", ".tga", ".pcx"),
        *(".pbm", ".pgm", ".ppm", ".pnm", ".exr", ".hdr", ".ico", ".dds", ".qoi", ".apng", ".dng", ".cr2"),
        *(".nef", ".arw", ".svg", ".svgz", ".pdf", ".eps", ".ai", ".xcf", ".clip", ".lip", ".sai", ".sai2"),
        *(".mdp", ".procreate", ".afphoto", ".afdesign", ".krz", ".pdn", ".cpt"),
    }
)
"""Pictures and drawings, by their names, that cannot be inked: a folder's are counted."""

READABLE = "PNG, JPEG, TIFF, WebP, PSD, PSB, Krita and OpenRaster files can be read"

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),  # BigTIFF, for files beyond 4 GB
    (b"MM\0+", "tiff"),
    (b"8BPS\0\x01", "psd"),
    (b"8BPS\0\x02", "psd"),  # PSB, for documents beyond 30000 px or 2 GB
    (b"PK\x03\x04", "kra"),
)


STREAMS = ("/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")


def is_stream(path: Path) -> bool:
    """Whether a name stands for what the shell has opened; for another process it would be another file."""
    return str(path).startswith(STREAMS)


def image_format(path: Path) -> str:
    """The format of an image file: png, jpeg, tiff, webp, psd or kra. Raises FileError."""
    file, kind = open_image(path)
    file.close()
    return kind


def open_image(path: Path) -> tuple[BinaryIO, str]:
    """An image file opened at its beginning, and its format. Raises FileError."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe could wait for ever
            raise FileError("{path} is no ordinary file.", path=path)
        file = path.open("rb")
        start = file.read(16)
        file.seek(0)
    except FileNotFoundError:
        raise _missing(path) from None
    except OSError as error:
        raise FileError("{path} cannot be read: {reason}.", path=path, reason=why(error)) from error
    kind = format_of(start)
    if kind is None:
        file.close()
        if not start:
            raise FileError("{path} is empty.", path=path)
        raise FileError("{path} is not an image that can be inked; {readable}.", path=path, readable=READABLE)
    return file, kind


def _missing(path: Path) -> FileError:
    with contextlib.suppress(OSError):
        if not path.parent.exists():
            return FileError(
                "{path} does not exist: there is no folder {folder}.", path=path, folder=path.parent
            )
    return FileError("{path} does not exist.", path=path)


def format_of(start: bytes) -> str | None:
    """The format that a file's first 16 bytes tell, or None."""
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    return next((name for signature, name in _SIGNATURES if start.startswith(signature)), None)
