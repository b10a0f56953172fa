"""How a child process learns that its parent is gone, and how two parents keep off one home."""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a lock file while inside; a killed holder leaves nothing behind. `BlockingIOError` when another holds it."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def end_with_parent(end: Callable[[], None]) -> None:
    """Call `end` when the parent closes our standard input, also by dying."""

    def wait() -> None:
        while os.read(0, 1):  # not sys.stdin: Python aborts when it ends while a thread holds that reader's lock
            pass
        end()

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()
