# SPDX-License-Identifier: GPL-3.0-or-later
"""Characters drawn by program: faces, hair, bodies, hands, blacks, as pairs of sketch and truth."""
