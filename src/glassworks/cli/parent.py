"""How a child process learns that its parent is gone."""

import sys
import threading
from collections.abc import Callable


def end_with_parent(end: Callable[[], None]) -> None:
    """Call `end` when the parent closes our standard input, also by dying."""

    def wait() -> None:
        while sys.stdin.buffer.read(1):
            pass
        end()

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()
