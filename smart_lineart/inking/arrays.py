# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of arrays that the whole engine speaks of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]
