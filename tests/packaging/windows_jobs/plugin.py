# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the plugin in sys.argv[1] importable as Krita does; sys.argv[2] is the sketch, a .npy of luma."""

import hashlib
import json
import sys

sys.path.insert(0, sys.argv[1])

from smart_lineart import __version__, bundled

bundled.activate()

import numpy as np  # noqa: E402

from smart_lineart.inking import STYLES, Inker, why_not_isolated  # noqa: E402

assert np.__file__.startswith(str(bundled.library_copies() if sys.platform == "win32" else bundled.PACKAGE))


def sketch():
    return np.load(sys.argv[2])


def make_inker(notices):
    return Inker(
        runtime="openvino", device="cpu", isolated=True, notify=lambda said: notices.append(str(said))
    )


def checksum(array):
    return hashlib.sha256(array.tobytes()).hexdigest()


def every_style(inker):
    """Checksums of the ink in each style. The strokes' last bits may differ from one C library to another."""
    features = inker.prepare(sketch())
    assert inker.isolated, why_not_isolated()
    return {name: checksum(inker.render(features, thickness=7.0, style=name)) for name in STYLES}


def say(**facts):
    """One line of JSON, at once."""
    print(json.dumps({"version": __version__, "python": sys.version.split()[0], **facts}), flush=True)
