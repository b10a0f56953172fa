"""The jobs that workers run, by name; each is short, idempotent, and goes on where a killed one stopped."""

from collections.abc import Callable, Mapping

from glassworks.core.ports import Job
from glassworks.core.usecase import Candidate, UseCase
from glassworks.line import develop, operate, validate
from glassworks.line.parts import Parts

Report = Callable[[str, float], None]


def functions(parts: Parts) -> Mapping[str, Callable[[Job, Report], None]]:
    """Every job the line knows."""

    def case_of(job: Job) -> UseCase:
        return parts.ledger.get(UseCase, job.arguments["use_case"])

    def candidate_of(job: Job) -> Candidate:
        return parts.ledger.get(Candidate, job.arguments["candidate"])

    def build(job: Job, report: Report) -> None:
        develop.build(parts, case_of(job), job.arguments["who"], report)

    def assess(job: Job, report: Report) -> None:
        develop.assess(parts, case_of(job), candidate_of(job), report)

    def check(job: Job, report: Report) -> None:
        validate.validate(parts, case_of(job), candidate_of(job), job.arguments["who"], report)

    def replay(job: Job, report: Report) -> None:
        operate.replay(parts, case_of(job), job.arguments["who"], report)

    def monitor(job: Job, report: Report) -> None:
        case = case_of(job)
        report("monitors turn", 0.1)
        operate.turn(parts, case, job.arguments["who"], window=f"round asked {job.asked_at:%Y-%m-%d %H:%M}")

    return {"build": build, "assess": assess, "validate": check, "replay": replay, "monitor": monitor}
