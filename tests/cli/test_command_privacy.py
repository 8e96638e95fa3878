# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole command, cut off from the network and watched: no socket, and no file but the lineart."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.inking.watching import run_watched

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="watched with Linux's own means")

KINDS = ("png", "jpg", "tif", "webp")


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_inking_opens_no_socket_and_leaves_the_lineart_alone(runtime: str, drawing, tmp_path: Path) -> None:
    for kind in KINDS:
        Image.fromarray(drawing).save(tmp_path / f"{kind}.{kind}")
    sketches = [str(tmp_path / f"{kind}.{kind}") for kind in KINDS]
    command = ["ink", *sketches, "-o", "ink", "--runtime", runtime, "--thickness", "3"]
    code = f"import sys\nfrom smart_lineart.cli import main\nsys.exit(main({command!r}))"
    watched = run_watched(code, tmp_path / "watched", may_write=True)
    assert (watched.status, watched.errors) == (0, "")
    made = [path.name for path in watched.files if path.is_file()]
    assert made == sorted(f"{kind}-lineart.png" for kind in KINDS)


def test_info_opens_no_socket_and_writes_nothing(tmp_path: Path) -> None:
    code = "import sys\nfrom smart_lineart.cli import main\nsys.exit(main(['info', '--json']))"
    watched = run_watched(code, tmp_path)
    assert (watched.status, watched.errors) == (0, "")
    assert watched.output.startswith("{")
    assert watched.files == []
