# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from smart_lineart.cli import partials
from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files.output import check_writable, remove_unfinished, whole_file
from tests.cli.cli_helpers import files_in


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


WRITES_FOR_EVER = """
import sys, time
from pathlib import Path
from smart_lineart.cli.files.output import whole_file
with whole_file(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("busy", flush=True)
    time.sleep(600)
"""


def start_writing(target: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITES_FOR_EVER, str(target)]
    root = Path(__file__).resolve().parents[3]
    child = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "busy\n"
    return child


@pytest.fixture(autouse=True)
def nothing_swept_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partials, "_swept", set())


def write(target: Path) -> None:
    with whole_file(target) as file:
        file.write(b"whole")


def test_what_a_killed_run_left_is_swept_and_a_living_one_s_file_is_not(tmp_path: Path):
    dead, living = start_writing(tmp_path / "a.png"), start_writing(tmp_path / "b.png")
    assert len(files_in(tmp_path)) == 2
    dead.kill()
    dead.wait()
    try:
        write(tmp_path / "c.png")
        left = files_in(tmp_path)
        assert left >= {"c.png"}
        assert len(left) == 2, left
        assert (tmp_path / (left - {"c.png"}).pop()).read_bytes() == b"half"
    finally:
        living.kill()
        living.wait()


def test_only_files_of_ours_are_swept(tmp_path: Path):
    kept = {
        ".smart-lineart-0badcafe-abc.part",
        ".smart-lineart-notes.txt",
        "x.part",
    }  # the first: another host's
    for name in kept:
        (tmp_path / name).touch()
    ours = partials._prefix()
    (tmp_path / "precious").write_text("precious")
    (tmp_path / f"{ours}link.part").symlink_to(tmp_path / "precious")
    (tmp_path / f"{ours}folder.part").mkdir()
    if os.geteuid() == 0:
        (tmp_path / f"{ours}another.part").touch()
        os.chown(tmp_path / f"{ours}another.part", 65534, 65534)
        kept.add(f"{ours}another.part")
    (tmp_path / f"{ours}dead.part").touch()
    write(tmp_path / "c.png")
    assert files_in(tmp_path) == kept | {"c.png", "precious", f"{ours}link.part", f"{ours}folder.part"}


def test_a_link_put_in_a_leftover_s_place_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    precious, link = tmp_path / "precious", tmp_path / f"{partials._prefix()}dead.part"
    precious.write_text("precious")
    about = precious.lstat()
    link.symlink_to(precious)
    monkeypatch.setattr(Path, "lstat", lambda _path: about)  # it was a file a moment ago
    with pytest.raises(OSError, match="symbolic links"):
        partials._remove_leftover(link)
    assert link.readlink() == precious


def test_a_file_swept_before_it_was_locked_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    swept = []

    def lock(handle: int, *, wait: bool) -> None:
        if not swept:
            swept.extend(tmp_path.glob("*.part"))
            swept[0].unlink()

    monkeypatch.setattr(partials, "_lock", lock)
    write(tmp_path / "c.png")
    assert swept
    assert files_in(tmp_path) == {"c.png"}


def test_the_target_is_replaced_and_never_written_into(tmp_path: Path):
    target, link = tmp_path / "lineart.png", tmp_path / "backup.png"
    target.write_bytes(b"older")
    link.hardlink_to(target)
    before = target.stat().st_ino
    with target.open("rb") as reader:
        write(target)
        assert reader.read() == b"older"
    assert link.read_bytes() == b"older"
    assert target.stat().st_ino != before


def test_the_file_is_on_the_disk_before_it_has_its_name_and_the_name_after(tmp_path: Path, monkeypatch):
    done = []
    fsync, replace = os.fsync, Path.replace

    def synced(handle: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        done.append((kind, os.fstat(handle).st_size if kind == "file" else 0))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", lambda old, new: done.append(("renamed", 0)) or replace(old, new))
    write(tmp_path / "lineart.png")
    assert done == [("file", 5), ("renamed", 0), ("folder", 0)]


def test_links_in_a_ring_are_told(tmp_path: Path):
    (tmp_path / "a.png").symlink_to(tmp_path / "b.png")
    (tmp_path / "b.png").symlink_to(tmp_path / "a.png")
    with pytest.raises(FileError, match="its links lead round in a ring"):
        check_writable(tmp_path / "a.png")


@pytest.mark.skipif(not Path("/proc/sys").exists(), reason="no file system here is known to be read-only")
def test_a_read_only_file_system_is_called_that(tmp_path: Path):
    script = (
        'mount -t tmpfs disk "$1" && mount -o remount,ro "$1" && exec "$2" -c '
        "'import sys; from pathlib import Path; from smart_lineart.cli.files.output import check_writable; "
        'check_writable(Path(sys.argv[1]))\' "$1/lineart.png"'
    )
    unshare = ["unshare", "--map-root-user", "--mount"]
    if not shutil.which("unshare") or subprocess.run([*unshare, "true"], check=False).returncode:
        pytest.skip("no disk of one's own can be mounted here")
    done = subprocess.run(
        [*unshare, "sh", "-c", script, "sh", str(tmp_path), sys.executable],
        cwd=Path(__file__).resolve().parents[3], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "cannot be written: the file system is read-only." in done.stderr
