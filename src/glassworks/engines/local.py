"""The reference engine: a worker that takes jobs from the queue, one at a time, in this process.

Work is at least once, its effect once: a worker that dies leaves a lease that runs out, another takes the job with a
higher fence, and the functions are idempotent. A worker that was only slow finds its heartbeat refused and leaves the
job's end to the one that took over.
"""

import logging
import threading
from collections.abc import Callable, Mapping

from glassworks.core.errors import Conflict, GlassworksError
from glassworks.core.ports import Job, JobQueue

Tell = Callable[[str, float], None]
"""How a function says how far it is: a sentence, and the share that is done."""
Work = Callable[[Job, Tell], None]

log = logging.getLogger(__name__)


class TakenOver(Exception):
    """Another worker has this job now; nothing more is written for it here."""


class LocalEngine:
    """Runs the jobs whose names `functions` knows.

    Parameters
    ----------
    jobs : the queue.
    functions : what each job name does; a function may run twice for one job and must end in the same state.
    worker_id : the worker's name on the lease.
    beat_seconds : how often the lease is renewed; a third of the lease or less.
    """

    def __init__(
        self, jobs: JobQueue, functions: Mapping[str, Work], worker_id: str, beat_seconds: float = 5.0
    ) -> None:
        self._jobs, self._functions, self._worker, self._beat = jobs, dict(functions), worker_id, beat_seconds

    def run_one(self) -> bool:
        """Take one job and do it; False when none was waiting."""
        job = self._jobs.claim(self._worker)
        if job is None:
            return False
        work = self._functions.get(job.name)
        if work is None:
            self._jobs.fail(job, f"This server does not know work named {job.name}.", again=False)
            return True
        with _Heart(self._jobs, job, self._beat) as heart:
            self._end(job, heart, work)
        return True

    def drain(self) -> int:
        """Do jobs until none is waiting; the answer is how many."""
        done = 0
        while self.run_one():
            done += 1
        return done

    def run_forever(self, stop: threading.Event, idle_seconds: float = 0.5) -> None:
        """Do jobs until `stop` is set; a queue that cannot be reached is tried again."""
        while not stop.is_set():
            try:
                busy = self.run_one()
            except Exception as error:  # the database may be away for a moment; the worker must outlive it
                log.error("The worker %s could not use the queue: %s", self._worker, type(error).__name__)
                busy = False
            if not busy:
                stop.wait(idle_seconds)

    def _end(self, job: Job, heart: "_Heart", work: Work) -> None:
        try:
            work(job, heart.tell)
        except TakenOver:
            return
        except GlassworksError as error:
            self._jobs.fail(job, str(error), again=error.status >= 500 or isinstance(error, Conflict))
        except Exception as error:  # its text may hold a row; only the kind of error is told
            log.error("The job %s (%s) failed with %s", job.id, job.name, type(error).__name__)
            text = f"The work stopped with {type(error).__name__}. It is tried again; if it stays so, report the job."
            self._jobs.fail(job, text, again=True)
        else:
            self._jobs.complete(job)


class _Heart:
    """Renews a job's lease from a thread while the work goes on, and keeps the last word on how far it is."""

    def __init__(self, jobs: JobQueue, job: Job, seconds: float) -> None:
        self._jobs, self._job, self._seconds = jobs, job, seconds
        self._done, self._lost = threading.Event(), threading.Event()
        self._said: tuple[str, float] = ("", 0.0)
        self._thread = threading.Thread(target=self._go, name=f"heartbeat-{job.id}", daemon=True)

    def tell(self, progress: str, share: float) -> None:
        """Say how far the work is. Raises `TakenOver` when the job is another worker's by now."""
        self._said = (progress, share)
        if self._lost.is_set() or not self._jobs.heartbeat(self._job, progress, share):
            self._lost.set()
            raise TakenOver

    def _go(self) -> None:
        while not self._done.wait(self._seconds):
            try:
                held = self._jobs.heartbeat(self._job, *self._said)
            except Exception as error:  # a missed beat is not the end of the lease; the next may come through
                log.warning("A heartbeat of job %s failed: %s", self._job.id, type(error).__name__)
                continue
            if not held:
                self._lost.set()
                return

    def __enter__(self) -> "_Heart":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
