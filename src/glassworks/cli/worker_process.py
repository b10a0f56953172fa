"""The child that runs jobs, and what turns on a clock: permits, the prediction log's minutes, the serving folder."""

import os
import signal
import threading
from collections.abc import Callable

import click

from glassworks import factory, settings
from glassworks.cli.parent import end_with_parent
from glassworks.cli.scoring import Endpoint
from glassworks.line import audit, health, outcome
from glassworks.line.parts import Parts

TICK_SECONDS = 20.0


@click.command(hidden=True)
def work() -> None:
    """Run jobs and clocks until the parent ends."""
    chosen = settings.read()
    stop = threading.Event()
    end_with_parent(stop.set)
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    endpoint = Endpoint(chosen)
    with factory.opened(chosen, endpoint) as parts:
        clock = threading.Thread(target=_turn, args=(parts, stop), name="clock", daemon=True)
        clock.start()
        factory.worker(parts, f"worker-{os.getpid()}").run_forever(stop)
        clock.join(timeout=5)
    endpoint.close()


def _turn(parts: Parts, stop: threading.Event) -> None:
    told = audit.Told()
    turns: tuple[Callable[[], object], ...] = (
        lambda: outcome.renew(parts),
        lambda: audit.close_minutes(parts, told),
        lambda: audit.journal_refusals(parts, told),
        lambda: health.beat(parts),
    )
    while not stop.is_set():
        for turn in turns:
            try:
                turn()
            except Exception as error:  # the database may be away for a moment; the clock goes on
                click.echo(f"The clock could not turn: {type(error).__name__}.", err=True)
        stop.wait(TICK_SECONDS)
