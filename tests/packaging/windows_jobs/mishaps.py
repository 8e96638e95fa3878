# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker is killed in the middle of a run, and a run is cancelled; the ink is the same after each."""

import os
import threading

from plugin import checksum, make_inker, say, sketch

from smart_lineart.inking import Cancelled
from smart_lineart.inking.network.runtime.isolated import IsolatedNetwork

LARGE = 200_000  # px of a tile that takes the worker a good while
page = sketch()
notices = []
plain_run = IsolatedNetwork.run


def in_mid_run(deed):
    """Do something while the worker has a large tile before it."""

    def run(network, tile):
        if tile.size > LARGE:
            IsolatedNetwork.run = plain_run
            threading.Timer(0.05, deed).start()
        return plain_run(network, tile)

    IsolatedNetwork.run = run


with make_inker(notices) as inker:
    wanted = checksum(inker.ink(page, detail=1.0))
    first = inker.worker_pid
    in_mid_run(lambda: os.kill(first, 9))
    killed = checksum(inker.ink(page, detail=1.0))
    second = inker.worker_pid
    after_kill = list(notices)
    cancel = threading.Event()
    in_mid_run(cancel.set)
    try:
        inker.ink(page, detail=1.0, cancelled=cancel.is_set)
        cancelled = False
    except Cancelled:
        cancelled = True
    again = checksum(inker.ink(page, detail=1.0))
say(
    same=[killed == wanted, again == wanted],
    replaced=first != second,
    notices=after_kill,
    cancelled=cancelled,
    later_notices=notices[len(after_kill) :],
)
