"""What a machine refuses for its own sake: it says nothing of the file or connection that was asked for."""

from __future__ import annotations

import errno

REFUSALS = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.ESTALE))
"""No handle left, no memory, a disk that does not answer."""


def of_the_host(error: BaseException) -> bool:
    """Return whether an error is the machine's."""
    return isinstance(error, OSError) and error.errno in REFUSALS
