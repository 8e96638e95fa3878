# SPDX-License-Identifier: GPL-3.0-or-later
"""Krita goes on while an A4 page of 300 dpi is inked: a 10 ms timer in it never waits longer than 200 ms."""

from __future__ import annotations

import contextlib
import sys
from operator import itemgetter

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux's /proc")

BOUND_S = 0.2
TRIES = 3
"""A stall of ours comes every time; that of a machine which lends its processors elsewhere does not."""
ACTIONS = ("inked", "renewed", "dragged", "flats", "flats again")
ALONE = "Krita at work"
PAGE = """
def job():
    arrange()
    yield 500
    document = sketch_document(2480, 3508, thick=7)
    yield 2000
    session().look()
    yield 300
"""
START = """
def job():
    from smart_lineart_driver.stalls import StallWatch
    K.watch = StallWatch()
    yield 20
"""
STOP = "def job():\n    return K.watch.stop()"
FLATS = """
def job():
    widget("flats").click()
    yield from idle(100)
    yield 1000
"""
PAINTED = """
def job():
    document = K.activeDocument()
    lineart = node_named(document, "Lineart: Sketch")
    line = np.zeros((9, 1500, 4), np.uint8)
    line[..., 3] = 255
    paint(document, lineart, line, 400, 1700)
    document.refreshProjection()
    document.setActiveNode(lineart)
    yield 1500
"""
KRITA_IDLE = "def job():\n    yield 5000"
# What Krita needs for the page by itself, on this machine, under today's load.
KRITA_AT_WORK = """
def job():
    document = K.activeDocument()
    for _ in range(3):
        document.refreshProjection()
        yield 400
    for name in ("edit_undo", "edit_redo"):
        K.action(name).trigger()
        yield 800
"""


def watched(krita, act) -> dict:
    krita.run(START)
    act()
    return krita.run(STOP)


def told(found: dict, name: str) -> str:
    lines = [f"{name}: worst {found['worst']:.3f} s in {found['ticks']} ticks"]
    for late in found["late"]:
        if late["gap"] > BOUND_S:
            lines.append(
                f"  {late['gap']:.3f} s, of which it ran {late['ran']:.3f} s, waited {late['waited']:.3f} s"
                f" for a processor and {late['on_disk']:.3f} s for the disk"
            )
            lines.append(late["stacks"])
    return "\n".join(lines)


def measured(krita, figures) -> dict[str, dict]:
    """Each action's stalls in a Krita that has inked nothing yet, and Krita's own."""
    krita.run(PAGE, timeout=120)
    idle = watched(krita, lambda: krita.run(KRITA_IDLE))
    ink = "def job():\n    yield from ink(200)\n    yield 1000"
    found = {
        "inked": watched(krita, lambda: krita.run(ink, timeout=220)),
        "renewed": watched(krita, lambda: krita.run(ink, timeout=220)),
        "dragged": watched(krita, lambda: (krita.drag("thickness", 0.3, 0.5), krita.wait_idle(120))),
        "flats": watched(krita, lambda: krita.run(FLATS, timeout=120)),
    }
    krita.drag("thickness", 0.5, 0.3)
    krita.wait_idle(120)
    krita.run(PAINTED)
    found["flats again"] = watched(krita, lambda: krita.run(FLATS, timeout=120))
    found |= {"Krita idle": idle, ALONE: watched(krita, lambda: krita.run(KRITA_AT_WORK, timeout=60))}
    told_worst = ", ".join(f"{name} {1000 * one['worst']:.0f} ms" for name, one in found.items())
    figures(f"Krita {krita.run('def job(): return K.version()')}: {told_worst}")
    for name, one in found.items():
        if any(late["gap"] > BOUND_S for late in one["late"]):
            figures(told(one, name))
    assert krita.facts()["tree"] == ["Background", "Sketch", "Flats", "Lineart: Sketch"], krita.facts()[
        "error"
    ]
    return found


def test_the_user_interface_never_stands_still_while_a_page_is_inked(start_krita, figures) -> None:
    best: dict[str, dict] = {}
    for _ in range(TRIES):
        with contextlib.closing(start_krita(steady=True)) as krita:
            found = measured(krita, figures)
        best = {name: min(one, best.get(name, one), key=itemgetter("worst")) for name, one in found.items()}
        bound = max(BOUND_S, 2 * found[ALONE]["worst"])
        late = {name: best[name] for name in ACTIONS if best[name]["worst"] >= bound}
        if not late:
            break
    assert not late, "\n".join(told(one, name) for name, one in {**late, ALONE: found[ALONE]}.items())
    assert all(best[name]["ticks"] > 30 for name in ACTIONS)


def test_a_stall_is_seen_with_the_line_that_causes_it(start_krita) -> None:
    krita = start_krita(steady=True)
    found = watched(
        krita,
        lambda: krita.run("def job():\n    yield 100\n    time.sleep(0.4)\n    yield 100\n    yield 100"),
    )
    assert found["worst"] > 0.35
    assert any("in job" in late["stacks"] for late in found["late"])
