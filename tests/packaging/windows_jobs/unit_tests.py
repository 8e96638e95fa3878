# SPDX-License-Identifier: GPL-3.0-or-later
"""unit_tests.py PLUGIN NONE PACKAGES NUMPY ARGUMENTS: pytest, on the plugin and its own numpy.

PACKAGES holds pytest and what tests measure with. SciPy asks for modules of numpy's that the zip leaves out:
those of the wheel NUMPY, behind the zip's own.
"""

from plugin import np, sys

packages, numpy, *arguments = sys.argv[3:]
sys.path.append(packages)
np.__path__.append(numpy)
np._core.__path__.append(f"{numpy}\\_core")

import pytest  # noqa: E402

sys.exit(pytest.main(["-p", "no:cacheprovider", *arguments]))
