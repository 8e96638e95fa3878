# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker is killed in the middle of a run, and a run is cancelled; the ink is the same after each."""

import os
import threading

from plugin import checksum, make_inker, say, sketch

from smart_lineart.inking import Cancelled

page = sketch()
notices = []


def once(deed):
    """A progress callback that does something a moment after the network began, while it works on."""
    timers = []

    def progress(_):
        if not timers:
            timers.append(threading.Timer(0.05, deed))
            timers[0].start()

    return progress


with make_inker(notices) as inker:
    wanted = checksum(inker.ink(page))
    first = inker.worker_pid
    killed = checksum(inker.ink(page, progress=once(lambda: os.kill(first, 9))))
    second = inker.worker_pid
    after_kill = list(notices)
    cancel = threading.Event()
    try:
        inker.ink(page, progress=once(cancel.set), cancelled=cancel.is_set)
        cancelled = False
    except Cancelled:
        cancelled = True
    again = checksum(inker.ink(page))
say(
    same=[killed == wanted, again == wanted],
    replaced=first != second,
    notices=after_kill,
    cancelled=cancelled,
    later_notices=notices[len(after_kill) :],
)
