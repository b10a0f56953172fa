"""How long the demonstration's documents take to be written, from the ledger to the file's bytes."""

import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.timing import Timed
from glassworks import factory
from glassworks.cli.scoring import Endpoint
from glassworks.core.document import Document
from glassworks.core.people import Person, Role
from glassworks.core.usecase import Release
from glassworks.line import documents, people
from glassworks.settings import Settings

RUNS = 9


def measured(home: Path) -> list[Timed]:
    """The KPI contract and the validation report, as PDF and as HTML; the first run draws the charts."""
    chosen = factory.of_home(Settings(home=home))
    endpoint = Endpoint(chosen)
    try:
        with factory.opened(chosen, endpoint) as parts:
            release = parts.ledger.find(Release)[0]
            who = people.actor(next(p for p in parts.ledger.find(Person) if Role.BUSINESS_OWNER in p.roles))
            case, candidate = release.use_case, release.candidate
            return [
                _timed(f"KPI contract as {kind}", lambda: documents.contract(parts, who, case), kind)
                for kind in documents.KINDS
            ] + [
                _timed(f"report as {kind}", lambda: documents.validation_report(parts, who, case, candidate), kind)
                for kind in documents.KINDS
            ]
    finally:
        endpoint.close()


def _timed(what: str, make: Callable[[], Document], kind: documents.Format) -> Timed:
    seconds = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        documents.written(make(), kind)
        seconds.append(time.perf_counter() - begin)
    return Timed(what, tuple(seconds))
