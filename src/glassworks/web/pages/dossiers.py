"""Pages of dossiers: read one that a gate has written, take it away, and have any file verified."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from glassworks.core import canonical, signoff
from glassworks.core.dossier import Dossier
from glassworks.core.errors import FixTheInput
from glassworks.core.gate import effective
from glassworks.core.stage import Stage
from glassworks.line import view
from glassworks.line.parts import Parts
from glassworks.verify.dossier import Verification, verify_dossier
from glassworks.web.access import Line, Who, decides
from glassworks.web.forms import attachment
from glassworks.web.pages import standing
from glassworks.web.pages.page import Sent, show, text, upload
from glassworks.web.pages.workbench import workbench

router = APIRouter()
MOST_BYTES = 8_000_000
MEANING = {
    "PASS": "The file is whole: sealed by the office with that fingerprint, unaltered since, and decided again alike.",
    "consistent, signer unknown": "Nothing contradicts itself, but without the office's fingerprint anyone could have "
    "made such a file.",
    "FAIL": "The file is not what was signed.",
    "unreadable": "The file is no dossier that can be read.",
}
LOOKS = {"PASS": "pass", "consistent, signer unknown": "inconclusive", "FAIL": "fail", "unreadable": "fail"}


@router.get("/cases/{case_id}/dossiers/{gate_id}")
@decides("view")
def download(parts: Line, who: Who, case_id: str, gate_id: str) -> Response:
    """A finished dossier to take away."""
    name, content = view.dossier(parts, who, case_id, gate_id)
    return attachment(content, name, "application/json")


@router.get("/cases/{case_id}/dossiers/{gate_id}/read")
@decides("view")
def read(request: Request, parts: Line, who: Who, case_id: str, gate_id: str) -> Response:
    """Everything that a gate saw and decided, as the offline verifier reads it."""
    name, content = view.dossier(parts, who, case_id, gate_id)
    now = standing.of(request, parts, who, case_id)
    dossier = Dossier.model_validate(canonical.parse_strict(content))
    seen = dossier.evidence()
    results = [
        one.model_copy(update={"answer": one.answer.model_copy(update={"verdict": effective(one, seen)})})
        for one in dossier.body.results
    ]
    found = verify_dossier(content, _pinned(parts))
    return show(
        request,
        "validate/dossier.html",
        case=now.case,
        sentence=f"The gate {'opened' if dossier.decision.open else 'stayed closed'}. {MEANING[found.outcome]}",
        name=name,
        size=len(content),
        dossier=dossier,
        carried=seen.carried,
        results=results,
        bench=workbench(results, _asked_for(dossier)) if dossier.body.stage is Stage.VALIDATE else None,
        found=found,
        look=LOOKS[found.outcome],
        fingerprint=_pinned(parts),
        file_url=f"{parts.settings.root_path}{now.base}/dossiers/{gate_id}",
    )


def _asked_for(dossier: Dossier) -> tuple[str, ...]:
    """The checks that the pack in the dossier asks for at its tier."""
    return dossier.body.policy.gates[dossier.body.stage].checks.get(dossier.body.tier, ())


@router.get("/verify")
@decides("view")
def verify_page(request: Request, parts: Line, who: Who) -> Response:
    """Where any dossier file is verified."""
    return _verified(request, parts, None, "", _pinned(parts))


@router.post("/verify")
@decides("view")
def verify(request: Request, parts: Line, who: Who, sent: Sent) -> Response:
    """Verify a dossier file; nothing of it is kept."""
    name, content = upload(sent, "dossier")
    if len(content) > MOST_BYTES:
        raise FixTheInput(
            "This file is too large to verify here.",
            f"A page takes {MOST_BYTES // 1_000_000} MB; no dossier is as large by itself.",
            "Verify it at the terminal: glassworks verify dossier FILE --fingerprint HEX.",
            field="dossier",
        )
    pinned = text(sent, "fingerprint")
    return _verified(request, parts, verify_dossier(content, pinned or None), name, pinned)


def _verified(request: Request, parts: Parts, found: Verification | None, name: str, pinned: str) -> Response:
    told = MEANING[found.outcome] if found else "Bring a dossier of this office or of another one."
    look = LOOKS[found.outcome] if found else ""
    return show(request, "verify.html", sentence=told, found=found, look=look, name=name, fingerprint=pinned)


def _pinned(parts: Parts) -> str:
    """The fingerprint of this office's key."""
    return signoff.fingerprint(parts.office.public_key)
