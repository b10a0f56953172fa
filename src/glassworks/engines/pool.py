"""A small pool of model hosts: one for each use case, so that models of different cases never share a process."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from glassworks.engines.host import ModelHost


class HostPool:
    """Model hosts by use case; the least recently used is closed when there are more than `most`."""

    def __init__(self, make: Callable[[], ModelHost], most: int = 2) -> None:
        self._make = make
        self._most = most
        self._hosts: OrderedDict[str, ModelHost] = OrderedDict()
        self._lock = Lock()

    @contextmanager
    def host(self, use_case: str) -> Iterator[ModelHost]:
        """The host of a use case; it stays warm for the next one who asks."""
        with self._lock:
            host = self._hosts.pop(use_case, None) or self._make()
        try:
            yield host
        finally:
            self._give_back(use_case, host)

    def _give_back(self, use_case: str, host: ModelHost) -> None:
        with self._lock:
            surplus = [] if use_case not in self._hosts else [host]
            if not surplus:
                self._hosts[use_case] = host
            while len(self._hosts) > self._most:
                surplus.append(self._hosts.popitem(last=False)[1])
        for one in surplus:
            one.close()

    def close(self) -> None:
        """End every host."""
        with self._lock:
            hosts, self._hosts = list(self._hosts.values()), OrderedDict()
        for host in hosts:
            host.close()
