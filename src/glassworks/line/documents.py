"""Documents of a use case: KPI contract, validation report and model card as files, the bill of materials as JSON."""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Literal

from glassworks.core import dossier
from glassworks.core.contract import Brief
from glassworks.core.document import Document
from glassworks.core.dossier import Body, Prepared
from glassworks.core.errors import NotFound
from glassworks.core.finding import Finding
from glassworks.core.people import Actor, Person
from glassworks.core.signoff import SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, Dataset, UseCase, Waiver
from glassworks.documents import html, markdown, pdf
from glassworks.line import cases, questions, signing, view
from glassworks.line.parts import Parts
from glassworks.stages.scope.contract_document import contract_document
from glassworks.stages.validate import bill_of_materials, model_card
from glassworks.stages.validate.report import report
from glassworks.stages.validate.summary import Beside
from glassworks.stages.validate.validated import Validated

Format = Literal["html", "pdf", "markdown"]
BILL_KIND, BILL_ENDING = "application/vnd.cyclonedx+json; version=1.6", ".cdx.json"
OWN_LIST = "requirements.txt"
"""The list of packages that MLflow writes beside a model: it counts where no environment lock was written down."""
KINDS: dict[Format, str] = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "markdown": "text/markdown; charset=utf-8",
}
ENDINGS: dict[Format, str] = {"html": ".html", "pdf": ".pdf", "markdown": ".md"}
WRITERS: dict[Format, Callable[[Document], bytes]] = {
    "html": lambda document: html.render(document).encode(),
    "pdf": pdf.render,
    "markdown": lambda document: markdown.render(document).encode(),
}


def written(document: Document, format: Format) -> bytes:
    """The document as a file's bytes; the same document gives the same bytes."""
    return WRITERS[format](document)


def contract(parts: Parts, who: Actor, use_case: str, version: int = 0) -> Document:
    """The KPI contract with its signatures; without a version the one in force, else the newest draft."""
    case = cases.get(parts, who, use_case)
    brief = _brief(parts, case, version)
    prepared = _prepared(parts, case, brief.id, Stage.SCOPE)
    body = signing.body_of(parts, prepared) if prepared else None
    return contract_document(
        brief,
        about=prepared.id if prepared else "",
        results=body.results if body else (),
        signoffs=_given(parts, case, prepared),
        keys=parts.keys(),
        asked=(body.policy if body else parts.policy(case.line)).gates[Stage.SCOPE].signers(brief.tier),
        names={person.id: person.name for person in parts.ledger.find(Person)},
        in_force=case.brief == brief.id,
        demonstration=case.demonstration,
    )


def _brief(parts: Parts, case: UseCase, version: int) -> Brief:
    known = cases.briefs(parts, case)
    wanted = [b for b in known if b.version == version] if version else [b for b in known if b.id == case.brief]
    found = wanted or ([] if version else known[-1:])
    if not found:
        raise NotFound("There is no such brief.", "", "Save one first, or name a version that exists.")
    return found[0]


def validation_report(parts: Parts, who: Actor, use_case: str, candidate_id: str) -> Document:
    """The office's report about a candidate, less what would unblind a validator who has not yet spoken."""
    case, prepared, body = _validated(parts, who, use_case, candidate_id)
    asked = {result.check for result in body.results}
    waivers = parts.ledger.find(Waiver, use_case=case.id, subject=candidate_id)
    void = dossier.void(body, tuple(waivers), parts.keys())
    honoured = [one for one in waivers if one.id not in void and one.check in asked]
    beside = Beside(
        findings=parts.ledger.find(Finding, use_case=case.id, subject=candidate_id),
        exceptions=[one for one in honoured if one.covers(one.check, candidate_id, parts.now())],
        signoffs=_given(parts, case, prepared),
        questions=questions.about(parts, who, case.id, candidate_id),
    )
    return report(body, beside, parts.keys())


def card(parts: Parts, who: Actor, use_case: str, candidate_id: str) -> Document:
    """The model card of a candidate, less what would unblind a validator who has not yet spoken."""
    case, prepared, body = _validated(parts, who, use_case, candidate_id)
    return model_card.card(_told(parts, case, prepared, body), _given(parts, case, prepared), parts.keys())


def bill(parts: Parts, who: Actor, use_case: str, candidate_id: str) -> bytes:
    """The bill of materials of a candidate as a CycloneDX file, less what would unblind a validator."""
    case, prepared, body = _validated(parts, who, use_case, candidate_id)
    return bill_of_materials.content(bill_of_materials.bill_of_materials(_told(parts, case, prepared, body)))


def _validated(parts: Parts, who: Actor, use_case: str, candidate_id: str) -> tuple[UseCase, Prepared, Body]:
    """What lies ready about a candidate, as far as this person may see it."""
    case = cases.get(parts, who, use_case)
    candidate = cases.of_case(parts, Candidate, case, candidate_id)
    prepared = _prepared(parts, case, candidate.id, Stage.VALIDATE)
    if prepared is None:
        raise NotFound("There is no report yet.", "The office has not recomputed it.", "A validator asks for it.")
    body = signing.body_of(parts, prepared)
    if view.is_blind(parts, who, case, candidate.id):
        kept = tuple(r for r in body.results if r.check not in view.BLIND_CHECKS)
        body = body.model_copy(update={"results": kept})
    return case, prepared, body


def _told(parts: Parts, case: UseCase, prepared: Prepared, body: Body) -> Validated:
    files: dict[str, str] = body.subject["files"]
    own = next((digest for name, digest in sorted(files.items()) if PurePosixPath(name).name == OWN_LIST), "")
    stated = parts.vault.get(own).decode(errors="replace") if own else ""
    return Validated(
        body=body,
        dossier=prepared.id,
        dataset=cases.of_case(parts, Dataset, case, body.subject["dataset"]),
        lock=body.lock.content().decode() if body.lock else stated,
    )


def _prepared(parts: Parts, case: UseCase, subject: str, stage: Stage) -> Prepared | None:
    found = [p for p in parts.ledger.find(Prepared, use_case=case.id) if (p.stage, p.subject) == (stage, subject)]
    return found[-1] if found else None


def _given(parts: Parts, case: UseCase, prepared: Prepared | None) -> list[SignOff]:
    """The sign-offs on exactly what lies ready, oldest first."""
    if prepared is None:
        return []
    given = parts.ledger.find(SignOff, use_case=case.id, dossier=prepared.id)
    return sorted(given, key=lambda one: one.signed_at)
