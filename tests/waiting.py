"""Waiting for what other processes do, without saying how long it takes them."""

import threading
from collections.abc import Callable

PATIENCE_SECONDS = 60
"""Longer than anything waited for takes on a loaded machine; who reaches it has found a fault."""


def becomes(true: Callable[[], bool], patience: float = PATIENCE_SECONDS) -> bool:
    """Whether something becomes true before patience ends."""
    pause = threading.Event()
    return any(true() or pause.wait(0.05) for _ in range(int(20 * patience)))
