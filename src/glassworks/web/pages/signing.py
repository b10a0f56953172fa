"""The page where a gate is signed, with the evidence next to the button; with a key kept at home; as a rehearsal."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from glassworks.core import canonical
from glassworks.core.commands import Sign
from glassworks.core.errors import FixTheInput, NotAllowed, NotFound
from glassworks.core.gate import Decision, counts, why_not_sign
from glassworks.core.judgment import HEADS, composed
from glassworks.core.people import Actor, Person, Role
from glassworks.core.result import Verdict
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import Stage
from glassworks.line import anew, cases, own_key, people, questions, reapproval, signing
from glassworks.line.parts import Parts
from glassworks.line.signing import Sheet
from glassworks.web.access import Line, Who, decides, is_visitor
from glassworks.web.forms import attachment, command
from glassworks.web.pages import standing
from glassworks.web.pages.exceptions import excepted, exceptions_of, excusable
from glassworks.web.pages.explore import says
from glassworks.web.pages.front import figure_of, waits
from glassworks.web.pages.page import Sent, brought, everyone, go, show, text, texts
from glassworks.web.pages.standing import Standing
from glassworks.web.pages.validate import end_of
from glassworks.web.pages.workbench import workbench

router = APIRouter()
TYPED = ("choice", "statement", "condition", "expires", "accepts", *HEADS)


@router.get("/cases/{case_id}/sign/{stage}/{subject}")
@decides("view")
def sign_page(request: Request, parts: Line, who: Who, case_id: str, stage: Stage, subject: str) -> Response:
    """What lies ready to be signed about a subject."""
    now = standing.of(request, parts, who, case_id)
    sheet = signing.sheet(parts, who, case_id, subject)
    if sheet.seen.stage is not stage:
        return go(request, f"/cases/{case_id}/sign/{sheet.seen.stage}/{subject}")
    return _page(request, now, sheet, "", {})


def _page(request: Request, now: Standing, sheet: Sheet, error: str, typed: dict[str, str]) -> Response:
    parts, who, stage, subject = now.parts, now.who, sheet.seen.stage, sheet.seen.subject
    told = exceptions_of(now, subject)
    results = excepted(now.results(stage, subject), told)
    decision = now.decision(stage, subject) or sheet.decision
    figure = figure_of(now, stage, subject, results)
    custody = own_key.custody(parts, who)
    choices = _choices(now, sheet)
    kpi = sheet.body.brief.kpi
    return show(
        request,
        "sign.html",
        status=422 if error else 200,
        case=now.case,
        stage=stage,
        subject=subject,
        subject_title=standing.title_of(now, stage, subject),
        sentence=_sentence(now, sheet, decision),
        figures=[figure] if figure else [],
        period=kpi.period,
        target=kpi.target if figure and figure.unit == kpi.unit else None,
        results=results,
        bench=workbench(results, _asked_for(sheet)) if stage is Stage.VALIDATE else None,
        findings=[f for f in now.findings if f.subject == subject],
        unanswered=sum(one.is_open for one in questions.about(parts, who, now.case.id, subject)),
        signoffs=now.signoffs(stage, subject),
        decision=decision,
        dossier_digest=sheet.prepared.id,
        evidence_url=parts.settings.root_path + standing.evidence_path(now, stage, subject),
        choices=choices,
        tier=sheet.seen.tier,
        inconclusive=_inconclusive(sheet, who),
        typed=dict.fromkeys(TYPED, "") | typed,
        error=error,
        custody=custody or "office",
        has_key=bool(custody),
        may_sign=any(not c["why_not"] for c in choices),
        exceptions=told,
        may_except=bool(excusable(now, stage, subject)),
        newer="" if now.settled(stage, subject) else cases.newer_pack(parts, sheet.case, sheet.seen.policy),
        may_prepare=standing.allowed(now, anew.ACTS[stage]),
        rehearsers=_rehearsers(request, now, sheet),
        changed=reapproval.told(parts, sheet),
        builder=_builder(sheet),
    )


def _sentence(now: Standing, sheet: Sheet, decision: Decision) -> str:
    written = now.settled(sheet.seen.stage, sheet.seen.subject)
    if written:
        return f"This gate has answered: it {'is open' if written.open else 'stayed closed'}."
    return waits(decision, now.results(sheet.seen.stage, sheet.seen.subject))


def _choices(now: Standing, sheet: Sheet) -> list[dict[str, Any]]:
    """Every signature this person could give here, and which rule stands against it."""
    seen, who = sheet.seen, now.who
    rules = seen.policy.gates[seen.stage]
    found = []
    for role in rules.signers(seen.tier):
        first = Meaning.SUBMIT if role in rules.submit else Meaning.APPROVE
        later = "" if why_not_sign(seen, who.person, who.roles, role, first) else sheet.refusals[role]
        meanings = (first, Meaning.REFUSE) if role in who.roles and first is Meaning.APPROVE else (first,)
        for meaning in meanings:
            why = why_not_sign(seen, who.person, who.roles, role, meaning) or later
            found.append({"role": role, "meaning": meaning, "why_not": why})
    return found


def _asked_for(sheet: Sheet) -> tuple[str, ...]:
    """The checks that the policy pack of this evidence asks for at its tier."""
    return sheet.seen.policy.gates[sheet.seen.stage].checks.get(sheet.seen.tier, ())


def _inconclusive(sheet: Sheet, who: Actor) -> list[Any]:
    seen = sheet.seen
    if Role.BUSINESS_OWNER not in sheet.roles or seen.tier in seen.policy.inconclusive_closes:
        return []
    return [r for r in seen.results if r.verdict is Verdict.INCONCLUSIVE and counts(seen, r)]


def _builder(sheet: Sheet) -> str:
    return str(sheet.body.subject.get("author") or sheet.body.subject.get("saved_by") or "")


def _rehearsers(request: Request, now: Standing, sheet: Sheet) -> list[Person]:
    """In the demonstration: the invented people in whose name a signature can be tried, the builder first."""
    if not now.parts.settings.demo:
        return []
    builder = _builder(sheet)
    cast = [p for p in everyone(request).values() if p.persona and p.active]
    return sorted(cast, key=lambda p: (p.id != builder, p.name))


def _asked(sent: FormData, case_id: str, subject: str) -> Sign:
    role, _, meaning = text(sent, "choice").partition(":")
    if not role:
        raise FixTheInput("Say as whom you sign.", "", "Choose a role.", field="choice")
    lines, until = text(sent, "condition").splitlines(), text(sent, "expires")
    accepts = texts(sent, "accepts")
    return command(
        Sign,
        use_case=case_id,
        subject=subject,
        role=role,
        meaning=meaning,
        statement=composed({name: text(sent, name) for name in HEADS}, text(sent, "statement")),
        accepts=accepts,
        conditions=tuple(line.strip() for line in lines if line.strip()),
        expires_at=end_of(until, "expires") if until else None,
    )


@router.post("/cases/{case_id}/sign/{stage}/{subject}")
@decides("sign")
def sign(request: Request, parts: Line, who: Who, sent: Sent, case_id: str, stage: Stage, subject: str) -> Response:
    """Sign with the key that the office keeps; a mistyped passphrase loses nothing that was typed."""
    try:
        asked = _asked(sent, case_id, subject)
        decision = signing.sign(parts, who, asked, str(sent.get("passphrase", "")))
    except (FixTheInput, NotAllowed) as error:
        mistyped = isinstance(error, FixTheInput) and not isinstance(error, NotFound)
        if not mistyped and error.rule != "key-passphrase":
            raise
        return _again(request, parts, who, sent, case_id, subject, says(error))
    return _signed(request, parts, who, case_id, stage, subject, asked, decision)


def _again(
    request: Request, parts: Parts, who: Actor, sent: FormData, case_id: str, subject: str, error: str
) -> Response:
    now = standing.of(request, parts, who, case_id)
    typed = {name: text(sent, name) for name in TYPED} | {"accepts": " ".join(texts(sent, "accepts"))}
    return _page(request, now, signing.sheet(parts, who, case_id, subject), error, typed)


def _signed(
    request: Request,
    parts: Parts,
    who: Actor,
    case_id: str,
    stage: Stage,
    subject: str,
    asked: Sign | SignOff,
    decision: Decision,
) -> Response:
    now = standing.of(request, parts, who, case_id)
    done = "refused" if asked.meaning is Meaning.REFUSE else "opened" if decision.open else "signed"
    return go(request, standing.evidence_path(now, stage, subject), done)


@router.post("/cases/{case_id}/sign/{stage}/{subject}/draft")
@decides("sign")
def take_draft(parts: Line, who: Who, sent: Sent, case_id: str, stage: Stage, subject: str) -> Response:
    """The unsigned sign-off, to be signed on one's own machine with one's own key."""
    draft = signing.to_sign_elsewhere(parts, who, _asked(sent, case_id, subject))
    return attachment(canonical.to_bytes(draft.facts()), f"{draft.id}.json", "application/json")


@router.post("/cases/{case_id}/sign/{stage}/{subject}/signed")
@decides("sign")
def bring_signed(
    request: Request, parts: Line, who: Who, sent: Sent, case_id: str, stage: Stage, subject: str
) -> Response:
    """A sign-off that comes back signed."""
    try:
        signed = brought(sent)
    except FixTheInput as error:
        return _again(request, parts, who, sent, case_id, subject, says(error))
    if (signed.use_case, signed.subject) != (case_id, subject):
        raise FixTheInput("This signature is for something else.", "", "Bring it on its own page.", field="signed")
    decision = signing.add_signed(parts, who, signed)
    return _signed(request, parts, who, case_id, stage, subject, signed, decision)


@router.post("/cases/{case_id}/sign/{stage}/{subject}/anew")
@decides("sign")
def prepare_anew(
    request: Request, parts: Line, who: Who, sent: Sent, case_id: str, stage: Stage, subject: str
) -> Response:
    """Have the evidence prepared anew under the policy pack in force."""
    anew.prepare_anew(parts, who, case_id, subject)
    return go(request, f"/cases/{case_id}/sign/{stage}/{subject}", "asked")


@router.post("/cases/{case_id}/sign/{stage}/{subject}/rehearse")
@decides("view")
def rehearse(request: Request, parts: Line, who: Who, sent: Sent, case_id: str, stage: Stage, subject: str) -> Response:
    """Try a signature in an invented person's name, without any key: the rule that refuses it is shown."""
    now = standing.of(request, parts, who, case_id)
    sheet = signing.sheet(parts, who, case_id, subject)
    person = text(sent, "person") or _builder(sheet)
    if not parts.settings.demo or not parts.ledger.get(Person, person).persona:
        raise NotAllowed(
            "Nobody signs in another's name.", "Rule persona-only.", "Sign as yourself.", rule="persona-only"
        )
    as_whom = people.actor_of(parts, person)
    role = _role(sheet, as_whom, text(sent, "role"))
    meaning = Meaning.SUBMIT if role in sheet.seen.policy.gates[sheet.seen.stage].submit else Meaning.APPROVE
    asked = Sign(use_case=case_id, subject=subject, role=role, meaning=meaning)
    why = signing.rehearse(parts, as_whom, asked)
    rule, _, words = why.removeprefix("Rule ").partition(": ")
    back = standing.evidence_path(now, sheet.seen.stage, subject)
    return show(
        request,
        "refused.html",
        status=403 if why else 200,
        what=_outcome(as_whom, role, why),
        why=words,
        next_step="Another person, in this role, who made no part of it." if rule == "own-work" else "",
        rule=rule,
        reasons=(),
        back=back,
        journalled=_last(parts, case_id) if why else None,
        rehearsed=True,
        visitor=is_visitor(who),
    )


def _role(sheet: Sheet, as_whom: Actor, wanted: str) -> Role:
    asked = sheet.seen.policy.gates[sheet.seen.stage].signers(sheet.seen.tier)
    own = [role for role in asked if role in as_whom.roles]
    return next((role for role in asked if role.value == wanted), own[0] if own else asked[0])


def _outcome(as_whom: Actor, role: Role, why: str) -> str:
    if why:
        return f"{as_whom.name} may not sign this as {role.words}."
    return f"{as_whom.name} could sign this as {role.words}; a rehearsal signs nothing."


def _last(parts: Parts, case_id: str) -> int | None:
    return next((e.number for e in reversed(list(parts.ledger.entries(use_case=case_id))) if e.act.refused), None)
