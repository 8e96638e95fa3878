# SPDX-License-Identifier: GPL-3.0-or-later
"""Lineart files: where they go, and how they get there whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from smart_lineart.cli import partials
from smart_lineart.cli.errors import FileError, why
from smart_lineart.cli.files.png import write_png
from smart_lineart.cli.files.svg import write_svg
from smart_lineart.cli.files.writer import Lineart, Writer

SUFFIX = ".png"
NAMED = "-lineart"
"""What the lineart of a sketch is called more than the sketch, where no name is given."""

ENDING = NAMED + SUFFIX

WRITERS: dict[str, Writer] = {SUFFIX: write_png, ".svg": write_svg}
"""What lineart can be written as, by the ending of the file's name in small letters."""

_unfinished: set[Path] = set()


def write_set(linearts: Sequence[tuple[Path, Lineart]], progress: Callable[[float], None]) -> None:
    """Write linearts that belong together, each as what its file's ending in WRITERS says: none takes its
    place before all are whole and on the disk, and where one cannot, those that have go back.

    Raises FileError, and what drawing them raises.
    """
    with contextlib.ExitStack() as stack:
        old = stack.enter_context(_all_or_none())  # first, so that it sees how the others have ended
        for number, (target, lineart) in enumerate(linearts):
            file = stack.enter_context(whole_file(target))
            write = WRITERS[target.suffix.lower()]

            def done(part: float, number: int = number) -> None:
                progress((number + part) / len(linearts))

            try:
                write(file, lineart, done)
                file.flush()
                os.fsync(file.fileno())
            except OSError as error:
                raise _not_written(target, error) from error
        if len(linearts) > 1:
            for target, _ in linearts:
                old.append(_kept(target))


_Old = tuple[Path, Path | None]
"""A file to be replaced, and what keeps its content; None of one that is not there yet."""


@contextlib.contextmanager
def _all_or_none() -> Iterator[list[_Old]]:
    """Files noted in the list are as they were where the block fails."""
    old: list[_Old] = []
    try:
        yield old
    except BaseException:
        for target, kept in old:
            with contextlib.suppress(OSError):
                if kept is None:
                    target.unlink(missing_ok=True)
                else:
                    kept.replace(target)
        raise
    finally:
        for _, kept in old:
            if kept is not None:
                with contextlib.suppress(OSError):
                    kept.unlink(missing_ok=True)
                _unfinished.discard(kept)


def _kept(target: Path) -> _Old:
    """Keep the content of a file that is to be replaced, under another name. Raises FileError."""
    place = Path(os.path.realpath(target))
    try:
        if not place.exists():
            return place, None
        handle, kept = partials.create(place.parent)
        os.close(handle)
        _unfinished.add(kept)
        kept.unlink()
        try:
            os.link(place, kept)
        except OSError:  # not every file system has links
            shutil.copy2(place, kept)
    except OSError as error:
        raise _not_written(target, error) from error
    return place, kept


def is_vector(target: Path) -> bool:
    """Whether a file is written from strokes alone, without the texture of a brush."""
    return target.suffix.lower() == ".svg"


def check_writable(target: Path) -> None:
    """Raise FileError if `target` can be seen not to take a file, before any work is done for it."""
    try:
        _check(target, target.parent)
    except OSError as error:
        raise _not_written(target, error) from error


def _not_written(target: Path, error: OSError) -> FileError:
    return FileError("{target} cannot be written: {reason}.", target=target, reason=why(error))


def _check(target: Path, folder: Path) -> None:
    about = _about(target)
    if about is not None and stat.S_ISDIR(about.st_mode):
        raise FileError("{target} is a folder; name a file to write the lineart to.", target=target)
    if about is not None and not stat.S_ISREG(about.st_mode):
        raise FileError("{target} is no ordinary file; name another to write the lineart to.", target=target)
    place = _about(folder)
    if place is None:
        raise FileError(
            "The folder {folder} does not exist, so {name} cannot be written.",
            folder=folder,
            name=target.name,
        )
    if not stat.S_ISDIR(place.st_mode):
        raise FileError(
            "{folder} is not a folder, so {name} cannot be written.", folder=folder, name=target.name
        )
    # Writing replaces the file, so its own permission has to be asked as well.
    for path in (folder, target) if about is not None else (folder,):
        if not _may_write(path):
            raise OSError(_refused_by(path), os.strerror(_refused_by(path)))


def _about(path: Path) -> os.stat_result | None:
    """What the system knows of a file; None where there is none. Raises OSError, also for links in a ring."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return None


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _refused_by(path: Path) -> int:
    """Why a file may not be written: the whole file system may not be, or this file."""
    read_only = hasattr(os, "statvfs") and os.statvfs(path).f_flag & os.ST_RDONLY
    return errno.EROFS if read_only else errno.EACCES


@contextlib.contextmanager
def whole_file(target: Path) -> Iterator[BinaryIO]:
    """Open a file that becomes `target` when the block ends well and vanishes otherwise. Raises FileError."""
    partial: Path | None = None
    try:
        # A link stays a link: what it points to is replaced.
        target = Path(os.path.realpath(target))
        handle, partial = partials.create(target.parent)
        _unfinished.add(partial)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # else a power cut could leave an empty file in the old one's place
            partial.chmod(_mode(target))
            if sys.platform != "win32":  # while it is locked
                partial.replace(target)
        if sys.platform == "win32":
            partial.replace(target)
        _keep_name(target.parent)
    except OSError as error:
        raise _not_written(target, error) from error
    finally:
        if partial is not None:
            partial.unlink(missing_ok=True)
            _unfinished.discard(partial)


def _keep_name(folder: Path) -> None:
    """Have a folder's entries written to the disk, where the system can."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):  # some file systems know no such thing
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def remove_unfinished() -> None:
    """Remove what a process that must end at once has half written."""
    for partial in list(_unfinished):
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def _mode(target: Path) -> int:
    """The permissions of the file that is replaced, or what a new file would get."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask
