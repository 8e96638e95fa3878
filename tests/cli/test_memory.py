# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory large pages take, measured on processes of their own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import cv2
import numpy as np
import pytest

from smart_lineart.cli.batch import ROOM_FOR_BOTH, _Desk

A4_600 = (7016, 4960)
ROOT = Path(__file__).resolve().parents[2]
LIMITED = pytest.mark.skipif(sys.platform != "linux", reason="limits the address space")
EXAMPLE = ROOT / "examples" / "skull-a4-300dpi.jpg"
READ = """
import sys
from pathlib import Path
from smart_lineart.cli.files.page import Spool, read_page
from smart_lineart.cli.report import peak_memory
page = read_page(Path(sys.argv[1]), Spool(int(sys.argv[2]), Path(sys.argv[1]).parent))
for top in range(0, page.sketch.size[0] - 256, 256):
    page.sketch.read_luma(top, top + 256)
print(peak_memory() >> 20)
"""


@pytest.fixture(scope="module")
def deep_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An A4 page at 600 dpi in RGB of 16 bits: 209 MB of pixels, few of them ink."""
    page = np.full((*A4_600, 3), 60_000, np.uint16)
    for x in range(300, A4_600[1], 600):
        cv2.line(page, (x, 300), (x + 250, 6700), (9000, 9000, 12_000), 9)
    path = tmp_path_factory.mktemp("deep") / "a4-600dpi.png"
    cv2.imwrite(str(path), page, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return path


@pytest.mark.parametrize(("in_memory", "ceiling"), [(1 << 30, 210), (1 << 20, 140)], ids=["memory", "disk"])
def test_reading_never_holds_the_page_in_colour(deep_page, in_memory, ceiling):
    command = [sys.executable, "-c", READ, str(deep_page), str(in_memory)]
    megabytes = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert megabytes < ceiling


def test_a_deep_page_at_600_dpi_is_inked_within_half_of_the_default_limit(deep_page, tmp_path):
    command = [sys.executable, "-m", "smart_lineart", "ink", str(deep_page), "-o", str(tmp_path), "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout)["peak_memory_bytes"] < 512 << 20


def peak(sketch: Path, folder: Path, *options: str) -> int:
    """Bytes that `ink` holds at most, its lineart written to `folder`."""
    command = [sys.executable, "-m", "smart_lineart", "ink", str(sketch), "-o", str(folder), "--json"]
    ran = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)["peak_memory_bytes"]


def test_a4_at_300_dpi_takes_less_than_350_mb(tmp_path):
    assert peak(EXAMPLE, tmp_path) < 350e6


@pytest.fixture(scope="module")
def large_scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scan of a pencil sketch at A4, 600 dpi."""
    scan = cv2.imread(str(EXAMPLE), cv2.IMREAD_COLOR)
    path = tmp_path_factory.mktemp("large") / "a4-600dpi.jpg"
    cv2.imwrite(str(path), cv2.resize(scan, A4_600[::-1], interpolation=cv2.INTER_CUBIC))
    return path


def test_a4_at_600_dpi_takes_less_than_500_mb(large_scan, tmp_path):
    assert peak(large_scan, tmp_path) < 500e6


def test_a_limit_of_300_mib_is_kept(large_scan, tmp_path):
    assert peak(large_scan, tmp_path, "--memory-limit", "300M") < 300 << 20
    assert (tmp_path / "a4-600dpi-lineart.png").exists()


@pytest.mark.parametrize(
    ("limit", "side", "last", "closed"),
    [
        (ROOM_FOR_BOTH, 3000, False, False),
        (ROOM_FOR_BOTH - 1, 3000, False, True),
        (ROOM_FOR_BOTH, 3001, False, True),
        (ROOM_FOR_BOTH, 10, True, True),
    ],
)
def test_the_decoder_stays_for_the_next_page_only_where_both_fit(
    limit: int, side: int, last: bool, closed: bool
) -> None:
    """Ink within a limit is as of one sketch alone, whatever else the command is given."""
    decoder = Mock()
    decoder.read.return_value.sketch.size = (side, 3000)
    desk = _Desk(Mock(), Mock(), limit, Mock(), decoder, lambda: False)
    desk._read(Path("page.png"), last=last, spool=Mock())
    assert decoder.close.called == closed


@pytest.mark.long
def test_a_batch_within_300_mib_inks_each_sketch_as_alone(large_scan, tmp_path):
    small = ROOT / "examples" / "fruit.png"
    command = [sys.executable, "-m", "smart_lineart", "ink", "--memory-limit", "300M", "--json"]
    alone = subprocess.run([*command, str(large_scan), "-o", str(tmp_path / "alone")], cwd=ROOT, check=False)
    many = [str(small), str(large_scan), str(small.with_name("pepper.png"))]
    ran = subprocess.run(
        [*command, *many, "-o", str(tmp_path / "batch")], cwd=ROOT, stdout=subprocess.PIPE, check=False
    )
    assert (alone.returncode, ran.returncode) == (0, 0)
    assert json.loads(ran.stdout)["peak_memory_bytes"] < 300 << 20
    ink = [tmp_path / folder / "a4-600dpi-lineart.png" for folder in ("alone", "batch")]
    assert ink[0].read_bytes() == ink[1].read_bytes()


@LIMITED
@pytest.mark.parametrize("megabytes", [40, 60, 90, 130, 200, 300, 450, 511])
def test_too_little_address_space_is_one_sentence_and_no_damage(sketch, megabytes):
    """Libraries below Python end the process with words of their own, or cannot be loaded."""
    said = command_within(megabytes, "ink", sketch)
    assert said.returncode == 2
    assert re.fullmatch("smart-lineart: There is not enough memory to ink anything[^\n]*\n", said.stderr)


@LIMITED
def test_where_address_space_is_short_no_library_has_the_last_word(sketch):
    said = command_within(530, "ink", sketch)
    assert said.returncode in (0, 2)
    if said.returncode:
        assert re.search("^smart-lineart: .*memory.*$", said.stderr.splitlines()[-1]), said.stderr
        assert "damaged" not in said.stderr


def command_within(megabytes: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    """What the command came to in so much address space."""
    script = f'ulimit -v {megabytes << 10}; exec "$0" -m smart_lineart "$@"'
    return subprocess.run(
        ["sh", "-c", script, sys.executable, *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
