"""One queue in front of each model: requests that wait together are scored together, off the event loop."""

import queue
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple, Protocol

from glassworks.core.errors import Broken, GlassworksError

Row = Mapping[str, Any]
MOST_TOGETHER = 2_000


class Scoring(Protocol):
    """A loaded model that scores columns: a number a row, or a list of class probabilities a row."""

    def scores(self, columns: Mapping[str, Sequence[Any]]) -> Any:
        """Scores as an array."""


class _Asked(NamedTuple):
    rows: Sequence[Row]
    done: "Future[list[Any]]"


class Scorer:
    """A model behind a thread that scores whatever waits in one call."""

    def __init__(self, model: Scoring) -> None:
        self._model = model
        self._waiting: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._ended = False
        self._thread = threading.Thread(target=self._work, name="scorer", daemon=True)
        self._thread.start()

    def submit(self, rows: Sequence[Row]) -> "Future[list[Any]]":
        """Scores of rows that all hold the model's inputs; the future fails when the model does."""
        done: Future[list[Any]] = Future()
        done.set_running_or_notify_cancel()
        if self._ended:
            done.set_exception(_gone())
        elif not rows:
            done.set_result([])
        else:
            self._waiting.put(_Asked(rows, done))
        return done

    def close(self) -> None:
        """End the thread; what waits fails."""
        self._ended = True
        self._waiting.put(None)
        self._thread.join(timeout=30)

    def _work(self) -> None:
        while (first := self._waiting.get()) is not None:
            asked, size = [first], len(first.rows)
            while size < MOST_TOGETHER and not self._waiting.empty():
                following = self._waiting.get()
                if following is None:
                    self._waiting.put(None)
                    break
                asked.append(following)
                size += len(following.rows)
            self._score(asked)
        while not self._waiting.empty():
            if left := self._waiting.get():
                left.done.set_exception(_gone())

    def _score(self, asked: Sequence[_Asked]) -> None:
        try:
            scores = self._call([row for one in asked for row in one.rows])
        except Exception as error:
            if len(asked) > 1:
                for one in asked:
                    self._score([one])
            else:
                asked[0].done.set_exception(error if isinstance(error, GlassworksError) else _failed(error))
            return
        begin = 0
        for one in asked:
            one.done.set_result(scores[begin : begin + len(one.rows)])
            begin += len(one.rows)

    def _call(self, rows: Sequence[Row]) -> list[Any]:
        scores = self._model.scores({name: [row[name] for row in rows] for name in rows[0]})
        found: list[Any] = scores.tolist() if hasattr(scores, "tolist") else list(scores)
        if len(found) != len(rows):
            raise Broken("The model gave another number of scores than there are rows.")
        return found


def _failed(error: Exception) -> Broken:
    return Broken("The model failed.", type(error).__name__)


def _gone() -> Broken:
    return Broken("The model was stopped.", next_step="Ask again.")
