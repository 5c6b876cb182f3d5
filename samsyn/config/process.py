"""Child processes that never outlive their parent."""

import ctypes
import signal
from collections.abc import Callable

# From <linux/prctl.h>: ask the kernel for a signal when the parent dies, even by SIGKILL.
PR_SET_PDEATHSIG = 1


def dies_with_parent(kind: signal.Signals) -> Callable[[], None]:
    """Return what a child runs before it becomes its program; elsewhere than on Linux it does nothing."""
    try:
        libc = ctypes.CDLL("libc.so.6")
    except OSError:
        return lambda: None
    return lambda: libc.prctl(PR_SET_PDEATHSIG, int(kind))
