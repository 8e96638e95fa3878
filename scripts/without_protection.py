# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes protections out, one at a time, in a copy of the repository, and sees that their tests fail.

Usage: .venv/bin/python scripts/without_protection.py [WORD ...]: those whose names have one of the words.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("smart_lineart", "tests", "models", "pyproject.toml", "examples", "scripts", "requirements")


@dataclass(frozen=True)
class Protection:
    """What is taken out: `old` in `file` becomes `new`. `tests`: pytest's words for what must then fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


PROTECTIONS = (
    Protection(
        "a process that died is replaced",
        "smart_lineart/inking/network/runtime/isolated.py",
        "                self._drop_worker()\n                death = error\n",
        "                raise\n",
        ("tests/inking/network/test_isolated_network.py", "-k", "replaced_and_the_run_succeeds"),
    ),
    Protection(
        "a process that hangs is ended",
        "smart_lineart/inking/network/runtime/worker_process.py",
        "deadline = time.monotonic() + seconds\n",
        "deadline = time.monotonic() + 60\n",
        ("tests/inking/network/test_isolated_network.py", "-k", "keep_hanging"),
    ),
    Protection(
        "an allocation that fails is told from a damaged model",
        "smart_lineart/inking/network/runtime/network.py",
        '    "can\'t alloc",',
        "    #",
        ("tests/inking/network/test_isolated_network.py", "-k", "fail_for_real"),
    ),
    Protection(
        "where the system has no room for the process, Krita's own does not take over",
        "smart_lineart/inking/network/runtime/isolated.py",
        "        raise errors.OutOfMemory\n    return None, reason\n",
        "        pass\n    return None, reason\n",
        ("tests/inking/network/test_memory_group.py", "-k", "take_over"),
    ),
    Protection(
        "runs of one sketch go in order",
        "smart_lineart/studio/runs/jobs.py",
        " and first is job",
        "",
        ("tests/studio/test_jobs_and_steps.py", "-k", "in_order"),
    ),
    Protection(
        "a run that changes the document is finished",
        "smart_lineart/studio/runs/jobs.py",
        "        if self._committed:\n            return\n",
        "",
        ("tests/studio/test_jobs_and_steps.py", "-k", "is_finished"),
    ),
    Protection(
        "Krita's lists of layers may have holes",
        "smart_lineart/krita_host/lists.py",
        "        if now is not None and now == before:\n",
        "        if True:\n",
        ("tests/krita_host/test_lists.py",),
    ),
    Protection(
        "answers are checked",
        "smart_lineart/inking/network/runtime/answers.py",
        "        or shape[1] * height * width != len(payload)\n",
        "",
        (
            "tests/inking/network/test_isolated_network.py",
            "tests/fuzz/test_found.py",
            "-k",
            "wrong_size or no_sense or more_or_less",
        ),
    ),
    Protection(
        "brackets without end are no message",
        "smart_lineart/inking/network/runtime/messages.py",
        "except (ValueError, RecursionError)",
        "except ValueError",
        ("tests/fuzz/test_found.py", "-k", "TestMessages"),
    ),
    Protection(
        "models are checked against their checksum",
        "smart_lineart/inking/network/models.py",
        '!= metadata["sha256"].lower()',
        "== ''",
        ("tests/inking/network/test_models.py",),
    ),
    Protection(
        "a card's numbers have limits",
        "smart_lineart/inking/network/models.py",
        " and metadata[key] <= most",
        "",
        ("tests/fuzz/test_found.py", "-k", "TestModels"),
    ),
    Protection(
        "a note's numbers have limits",
        "smart_lineart/studio/settings.py",
        "float(min(high, max(low, value)))",
        "min(high, max(low, float(value)))",
        ("tests/fuzz/test_found.py", "-k", "TestNotes"),
    ),
    Protection(
        "a record's checksum",
        "smart_lineart/inking/renewing/record.py",
        "zlib.crc32(body) != checksum or ",
        "",
        ("tests/fuzz/test_found.py", "-k", "TestRecords"),
    ),
    Protection(
        "Photoshop's number of channels",
        "smart_lineart/cli/files/read_psd.py",
        "if not document.used <= channels <= _MOST_CHANNELS:",
        "if False:",
        ("tests/fuzz/test_found.py", "-k", "TestPhotoshop"),
    ),
    Protection(
        "an archive that swells",
        "smart_lineart/cli/files/read_krita.py",
        " or swells:",
        ":",
        ("tests/fuzz/test_found.py", "-k", "swells"),
    ),
    Protection(
        "names by the million",
        "smart_lineart/cli/files/read_krita.py",
        "if size is not None and size > MOST_AT_ONCE:",
        "if False:",
        ("tests/fuzz/test_found.py", "-k", "million"),
    ),
    Protection(
        "files that unpack only as a whole",
        "smart_lineart/cli/files/read_raster.py",
        "        _check_memory(image, name, spool)\n",
        "",
        ("tests/fuzz/test_found.py", "-k", "as_a_whole or hundreds_of_bands"),
    ),
    Protection(
        "room on disk is taken at once",
        "smart_lineart/cli/files/luma_store.py",
        "                _allocate(file, height * width * self.dtype.itemsize)\n",
        "                file.truncate(height * width * self.dtype.itemsize)\n",
        ("tests/cli/test_full_disk.py", "-k", "while and read"),
    ),
    Protection(
        "lineart is whole or not there",
        "smart_lineart/cli/files/output.py",
        "        partial.unlink(missing_ok=True)\n        _unfinished",
        "        _unfinished",
        ("tests/cli/files/test_output_files.py", "tests/cli/test_full_disk.py"),
    ),
    Protection(
        "ONNX Runtime is told to report nothing",
        "smart_lineart/inking/network/runtime/onnxruntime.py",
        "ORT_DISABLE_TELEMETRY",
        "SOMETHING_ELSE",
        ("tests/inking/network/test_privacy.py",),
    ),
)


def fails_without(protection: Protection, folder: Path) -> bool:
    """Whether the tests fail once the protection is gone."""
    path = folder / protection.file
    whole = path.read_text(encoding="utf-8")
    if protection.old not in whole:
        raise SystemExit(f"{protection.name}: {protection.file} has changed, and this script must follow")
    path.write_text(whole.replace(protection.old, protection.new), encoding="utf-8")
    try:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *protection.tests]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    finally:
        path.write_text(whole, encoding="utf-8")
    if done.returncode not in {0, 1}:
        raise SystemExit(f"{protection.name}: no test was run\n{done.stdout[-2000:]}")
    return done.returncode == 1


def main() -> None:
    """Tell of each protection whether its tests notice that it is gone."""
    words = sys.argv[1:]
    unnoticed = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, folder)
        for protection in PROTECTIONS:
            if words and not any(word in protection.name for word in words):
                continue
            noticed = fails_without(protection, folder)
            unnoticed += not noticed
            print(
                f"{'its tests fail' if noticed else 'NOBODY NOTICES'}: without {protection.name}", flush=True
            )
    sys.exit(unnoticed > 0)


if __name__ == "__main__":
    main()
