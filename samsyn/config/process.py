"""The commands of processes that others start, and children that never outlive their parent."""

import ctypes
import signal
import sys
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


def stream_command(port: int, application: str = "samsyn.config.asgi:application") -> list[str]:
    """Return the command of the process that keeps streams open, as the unit file has it."""
    return [
        *(sys.executable, "-m", "uvicorn", application, "--host", "127.0.0.1", "--port", str(port)),
        *("--no-access-log", "--log-level", "warning", "--no-server-header", "--lifespan", "off"),
        # A page that loses its stream comes back by itself: nothing is gained by waiting for it to leave.
        *("--timeout-graceful-shutdown", "1"),
    ]
