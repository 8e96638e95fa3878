# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker goes wrong in every way that sys.argv[4:] names, once; says what came of it, then of twice.

sys.argv[3] is the repository, whose tests know how a worker can go wrong.
"""

import tempfile
from pathlib import Path

from plugin import np, say, sys

from smart_lineart.inking import ProcessFailed
from smart_lineart.inking.network.models import load_model
from smart_lineart.inking.network.runtime import isolated, worker_process

sys.path.append(sys.argv[3])
from tests.inking import faults  # noqa: E402

HANGS_AFTER = 10.0  # seconds, for a tile that takes a fraction of one

faults.SCRIPT = worker_process.SCRIPT
notices: list = []
with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    worker_process.SCRIPT = faults.faulty_script(folder, "", 0)
    network = isolated.IsolatedNetwork(load_model(None).onnx, runtime="openvino", notify=notices.append)
    wanted = network.run(faults.TILE)
    limit, isolated.RUN_SECONDS = isolated.RUN_SECONDS, HANGS_AFTER

    came = {}
    for fault in sys.argv[4:]:
        notices.clear()
        faults.give(folder, fault, 1)
        same = np.array_equal(network.run(faults.TILE), wanted)
        came[fault] = [same, faults.left(folder), *map(str, notices)]
    isolated.RUN_SECONDS = limit

    faults.give(folder, "segmentation_fault", 2)
    try:
        network.run(faults.TILE)
        sentence = ""
    except ProcessFailed as error:
        sentence = str(error)
    after = np.array_equal(network.run(faults.TILE), wanted)
    say(came=came, sentence=sentence, after=after, inside=network.inside)
    network.close()
