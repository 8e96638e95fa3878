# SPDX-License-Identifier: GPL-3.0-or-later
"""Many runs in one Krita: nothing piles up. SMART_LINEART_LONG=1 makes it an artist's long day."""

from __future__ import annotations

import os
import sys

import numpy as np
import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux's /proc")

LONG = os.environ.get("SMART_LINEART_LONG") == "1"
SEED = os.environ.get("SMART_LINEART_SEED", "9")
RUNS = 200 if LONG else 6
ROUNDS = 10 if LONG else 1
UNDO_STEPS = 30  # that Krita keeps here, and with each the lineart that was renewed; by itself it keeps 200
UNDO_SETTING = f"[<default>]\nundoStackLimit={UNDO_STEPS}\n"
MOST_KB_PER_RUN = 100
# One a run, up to 256 MB or the last 16: undo may bring its layer back.
REMEMBERED = {"_Step", "_Kept", "InkRecord", "Rect", "Kept", "Document"}
START = """
def job():
    arrange()
    document = sketch_document(600, 400)
    yield 500
    yield from ink()
    return tree(document)
"""
RUN = """
def job():
    import gc
    import os
    from pathlib import Path
    document = K.activeDocument()
    sketch = node_named(document, "Sketch")
    paint(document, sketch, strokes(600, 400, thick=THICK))
    document.setActiveNode(sketch)
    yield 60
    said = yield from ink()
    ours = session()
    alive = {}
    gc.collect()
    for one in gc.get_objects():
        name = type(one).__name__
        if type(one).__module__.startswith("smart_lineart."):
            alive[name] = alive.get(name, 0) + 1
    worker = ours.context.engine._inker.worker_pid
    def memory(pid):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4
    return {
        "said": said,
        "error": ours.messages.last_error,
        "tree": tree(document),
        "descriptors": [len(os.listdir(f"/proc/{pid}/fd")) for pid in (os.getpid(), worker)],
        "threads": [len(os.listdir(f"/proc/{pid}/task")) for pid in (os.getpid(), worker)],
        "memory": [memory(os.getpid()), memory(worker)],
        "alive": alive,
        "worker": worker,
    }
"""


def slope(values: list[float]) -> float:
    """How much a value grows from run to run, by least squares."""
    return float(np.polyfit(np.arange(len(values)), values, 1)[0])


def test_nothing_piles_up_over_many_runs(start_krita, figures) -> None:
    krita = start_krita(settings=UNDO_SETTING)
    assert krita.run(START, timeout=100) == ["Background", "Sketch", "Lineart: Sketch"]
    runs = []
    for number in range(RUNS):
        runs.append(krita.run(RUN, timeout=100, THICK=3 + number % 5))
        assert (runs[-1]["said"], runs[-1]["error"]) == ("", ""), f"run {number + 1}"
        if number % 20 == 19:
            figures(f"run {number + 1}: {runs[-1]['memory']} kB, {runs[-1]['descriptors']} descriptors")
    for run in runs:
        assert run["tree"] == ["Background", "Sketch", "Lineart: Sketch"]
    first, last = runs[2], runs[-1]
    for name, count in last["alive"].items():
        before, more = first["alive"].get(name, 0), len(runs) if name in REMEMBERED else 2
        assert count <= before + more, f"{name}: {before} to {count}"
    assert last["worker"] == first["worker"]
    for key in ("descriptors", "threads"):
        for index in (0, 1):
            assert last[key][index] <= first[key][index] + 4, (key, first[key], last[key])
    if LONG:
        late = [run["memory"] for run in runs[UNDO_STEPS + 10 :]]
        for index, name in enumerate(("Krita", "the worker process")):
            values = [float(memory[index]) for memory in late]
            grown = slope(values)
            figures(f"{name}: {grown:.1f} kB a run over {len(late)} runs, {values[0] / 1024:.0f} MB at first")
            assert grown < MOST_KB_PER_RUN, f"{name} grows by {grown:.0f} kB a run"
        figures(f"descriptors {first['descriptors']} to {last['descriptors']}, threads {last['threads']}")


LISTED = """
def job():
    import gc
    from smart_lineart.krita_host.document import Document
    arrange()
    document = sketch_document(1200, 900)
    yield 500
    root = document.rootNode()
    top = owned(root.childNodes())[-1]
    pixels = QtCore.QByteArray(np.random.default_rng(9).bytes(1200 * 900 * 4))
    megabytes = []
    for number in range(UNDO_STEPS + 30):
        node = document.createNode("passing", "paintlayer")
        node.setPixelData(pixels, 0, 0, 1200, 900)
        root.addChildNode(node, top)
        document.waitForDone()
        assert [layer.name for layer in Document(document).layers()] == ["Background", "Sketch", "passing"]
        node.remove()
        document.waitForDone()
        yield 10
        gc.collect()
        megabytes.append(int(Path("/proc/self/statm").read_text().split()[1]) * 4 // 1024)
    return megabytes
"""


def test_layers_that_were_listed_and_forgotten_by_undo_take_no_memory(start_krita, figures) -> None:
    """Every layer has 4 MB; Krita's lists, as they come, would keep each of them for good."""
    krita = start_krita(settings=UNDO_SETTING)
    megabytes = krita.run(LISTED, timeout=150, UNDO_STEPS=UNDO_STEPS)
    figures(f"{megabytes[0]} MB at first, {megabytes[UNDO_STEPS]} and {megabytes[-1]} MB")
    assert megabytes[-1] - megabytes[UNDO_STEPS] < 40  # of 120 that have come and gone


DOCUMENTS = """
def job():
    import random
    yield from fresh()
    chance = random.Random(SEED)
    ours = session()
    documents = [sketch_document(220 + 10 * number, 160) for number in range(10)]
    yield 300
    jobs = []
    for _ in range(40):
        document = chance.choice(documents)
        show(document)
        yield chance.choice([0, 20, 120])
        document.setActiveNode(node_named(document, "Sketch"))
        yield 30
        if chance.random() < 0.65:
            widget("ink").click()
            job = ours.queue.jobs[-1]  # of the document that was in front by then
            jobs.append([next(i for i, d in enumerate(documents) if job.document.raw == d), job])
        elif ours.queue.active:
            ours.cancel(chance.choice(ours.queue.active))
        yield chance.choice([0, 5, 50, 200])
    if chance.random() < 0.3:
        ours.queue.cancel_all()
    end = time.monotonic() + 120
    while ours.queue.active or ours.turns.taken:
        if time.monotonic() > end:
            raise TimeoutError(str([(job.title, job.state.value) for job in ours.queue.active]))
        for document in documents:  # a renewal waits for its document to be in front
            show(document)
            yield 120
    yield from idle()
    finished = [
        sum(job.state.value == "finished" for index, job in jobs if index == number) for number in range(10)
    ]
    states = [job.state.value for _, job in jobs]
    trees = [tree(document) for document in documents]
    show(documents[0])
    yield 300
    documents[0].setActiveNode(node_named(documents[0], "Sketch"))
    yield 100
    again = yield from ink()
    return {
        "finished": finished, "states": states, "trees": trees, "again": again, "modal": modal(),
        "last": tree(documents[0]), "error": ours.messages.last_error,
    }
"""


@pytest.mark.long
@pytest.mark.parametrize("number", range(ROUNDS))
def test_ten_documents_with_runs_queued_and_cancelled_at_random(krita, number: int) -> None:
    seed = f"{SEED}-{number}"
    result = krita.run(DOCUMENTS, timeout=400, SEED=seed)
    assert set(result["states"]) <= {"finished", "cancelled"}, (seed, result["error"])
    for layers, finished in zip(result["trees"], result["finished"], strict=True):
        wanted = ["Background", "Sketch", "Lineart: Sketch"] if finished else ["Background", "Sketch"]
        assert layers == wanted, f"seed {seed}: {finished} runs were finished"
    assert (result["again"], result["modal"]) == ("", None)
    assert result["last"] == ["Background", "Sketch", "Lineart: Sketch"]
