# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from cli_helpers import files_in

from smart_lineart.cli.errors import FileError
from smart_lineart.cli.output import check_writable, remove_unfinished, whole_file


def test_the_file_appears_only_when_it_is_whole(tmp_path: Path):
    target = tmp_path / "lineart.png"
    with whole_file(target) as file:
        file.write(b"half")
        assert not target.exists()
        file.write(b" and half")
    assert target.read_bytes() == b"half and half"
    assert files_in(tmp_path) == {"lineart.png"}


def test_a_fault_leaves_the_old_file_and_nothing_else(tmp_path: Path):
    target = tmp_path / "lineart.png"
    target.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), whole_file(target) as file:
        file.write(b"new")
        _ = 1 / 0
    assert target.read_bytes() == b"old"
    assert files_in(tmp_path) == {"lineart.png"}


def test_a_full_disk_is_told_and_leaves_the_old_file(tmp_path: Path):
    target = tmp_path / "lineart.png"
    target.write_bytes(b"old")
    with pytest.raises(FileError, match="cannot be written: the disk is full"), whole_file(target):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert target.read_bytes() == b"old"
    assert files_in(tmp_path) == {"lineart.png"}


def test_what_a_process_that_must_end_at_once_was_writing_is_removed(tmp_path: Path):
    with pytest.raises(FileError), whole_file(tmp_path / "lineart.png") as file:
        file.write(b"half")
        assert len(files_in(tmp_path)) == 1
        remove_unfinished()
        assert files_in(tmp_path) == set()
    assert files_in(tmp_path) == set()


def test_permissions_are_those_of_any_new_file_and_of_the_file_replaced(tmp_path: Path):
    before = os.umask(0o027)
    try:
        with whole_file(tmp_path / "new.png"):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / "new.png").stat().st_mode & 0o777 == 0o640
    (tmp_path / "new.png").chmod(0o604)
    with whole_file(tmp_path / "new.png"):
        pass
    assert (tmp_path / "new.png").stat().st_mode & 0o777 == 0o604


def test_the_longest_name_a_file_can_have_is_written(tmp_path: Path):
    target = tmp_path / ("n" * 251 + ".png")
    with whole_file(target):
        pass
    assert target.exists()


def test_a_link_stays_a_link(tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    real = tmp_path / "elsewhere" / "real.png"
    real.write_bytes(b"old")
    link = tmp_path / "link.png"
    link.symlink_to(real)
    with whole_file(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_a_folder_that_takes_no_files_is_noticed_beforehand(open_folder: Path):
    open_folder.chmod(0o555)
    with pytest.raises(FileError, match="permission denied"):
        check_writable(open_folder / "lineart.png")


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("missing/lineart.png", "does not exist"),
        ("folder", "is a folder"),
        ("file/lineart.png", "is not a folder"),
        ("n" * 300 + ".png", "cannot be written"),
    ],
)
def test_targets_that_cannot_be_are_refused_in_a_sentence(tmp_path: Path, target: str, sentence: str):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match=sentence):
        check_writable(tmp_path / target)


def test_a_device_is_never_replaced():
    with pytest.raises(FileError, match="no ordinary file"):
        check_writable(Path("/dev/null"))
