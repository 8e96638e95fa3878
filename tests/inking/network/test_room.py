# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory is asked for before a native library takes it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from smart_lineart.inking.errors import OutOfMemory
from smart_lineart.inking.network.models import load_model
from smart_lineart.inking.network.runtime import load_network, openvino_c, room, selection
from tests.inking.watching import run_watched

SHORT = """
import resource
from pathlib import Path
from smart_lineart.inking.errors import OutOfMemory
from smart_lineart.inking.network.runtime.room import claim, claim_for_tile

used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (200 << 20),) * 2)
for ask in (lambda: claim(100 << 20), lambda: claim(100 << 20), lambda: claim_for_tile(256 * 256),
            lambda: claim(300 << 20), lambda: claim_for_tile(1024 * 1024)):
    try:
        print(ask())
    except OutOfMemory:
        print("out of memory")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc, and needs RLIMIT_AS")
def test_what_cannot_be_had_is_out_of_memory_and_what_can_is_given_back(
    tmp_path: Path,
) -> None:
    watched = run_watched(SHORT, tmp_path / "watched")
    assert watched.errors == ""
    assert watched.output.splitlines() == ["None"] * 3 + ["out of memory"] * 2


def test_more_than_any_system_has_is_out_of_memory() -> None:
    with pytest.raises(OutOfMemory):
        room.claim(1 << 60)


def refuse(_: int) -> None:
    raise OutOfMemory


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_no_runtime_is_given_a_tile_that_finds_no_room(runtime: str, monkeypatch) -> None:
    pytest.importorskip(runtime)
    network, *_ = load_network(load_model(None).onnx, runtime=runtime)
    tile = np.zeros((1, 1, 64, 64), np.uint8)
    wanted = network.run(tile)
    monkeypatch.setattr(selection, "claim_for_tile", refuse)
    with pytest.raises(OutOfMemory):
        network.run(tile)
    monkeypatch.undo()
    assert np.array_equal(network.run(tile), wanted)
    network.close()


def test_openvino_reads_no_model_where_there_is_no_room(monkeypatch) -> None:
    monkeypatch.setattr(openvino_c, "claim", refuse)
    with pytest.raises(OutOfMemory):
        load_network(load_model(None).onnx, runtime="openvino")
