"""The package is exactly what was approved; the report says what was found, bound to its evidence."""

import io
from types import ModuleType
from typing import Any

import pypdf
import pytest

from glassworks.core.check import results
from glassworks.core.contract import Task
from glassworks.core.document import Chart, Figure, VerdictLine
from glassworks.core.dossier import Body
from glassworks.core.finding import Finding, Severity
from glassworks.core.people import Role
from glassworks.core.registry import checks
from glassworks.core.result import Result, Verdict
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import Column, DataContract, Waiver
from glassworks.documents import html, markdown, pdf
from glassworks.hub.policies import OFFICE_PACK
from glassworks.stages.validate import scorer
from glassworks.stages.validate.package import pack
from glassworks.stages.validate.report import report
from glassworks.stages.validate.summary import Beside


@pytest.fixture(scope="module")
def found(campaign: ModuleType) -> list[Result]:
    brief, rows, model = campaign.brief(), campaign.rows(2000), campaign.Honest()
    y = (rows["y"] == "yes").to_numpy().astype(int)
    scored, shown = scorer.score(model, rows, brief, y, periods=1, group=rows["age"].to_numpy(), labels=("no", "yes"))
    evidence = {
        "brief": brief, "policy": OFFICE_PACK, "scored": scored, "rows": shown, "model": model, "level": 0.975,
        "candidate": campaign.candidate(), "open_rows": rows, "look": 1, "times": None,
    }  # fmt: skip
    return results(
        checks(Stage.VALIDATE), evidence, task=Task.BINARY, subject="cand-1", subject_digest="", evidence_digests=(),
        policy="p", use_case="u", line="l", now=campaign.NOW,
    )  # fmt: skip


@pytest.fixture
def body(campaign: ModuleType, found: list[Result]) -> Body:
    candidate = campaign.candidate().model_copy(update={"name": "<b>by hand</b>"})
    return Body(
        use_case="u", title="Whom to call", stage=Stage.VALIDATE, tier="low", environment="demo", demonstration=True,
        seal="same machine", subject_kind="candidate", subject_id="cand-1", subject=candidate.facts(),
        brief=campaign.brief(), results=tuple(found), policy=OFFICE_PACK, made_at=campaign.NOW,
    )  # fmt: skip


def signed(campaign: ModuleType) -> SignOff:
    return SignOff(
        id="s", stage=Stage.VALIDATE, dossier="d", subject="cand-1", role=Role.VALIDATOR, person="Vera", key_id="k",
        meaning=Meaning.APPROVE, method="demonstration", signed_at=campaign.NOW,
    )  # fmt: skip


def test_the_report_opens_with_the_expected_value_against_the_target(body: Body) -> None:
    sentence = report(body).sentence
    assert sentence.startswith("This model is expected to earn ")
    assert "more than list order (97.5 % interval " in sentence
    assert "the KPI contract asks 1,000." in sentence


def test_every_figure_verdict_and_chart_carries_the_digest_of_its_result(body: Body, found: list[Result]) -> None:
    known = {one.digest for one in found}
    bound = [b for b in report(body).blocks if isinstance(b, Figure | VerdictLine | Chart)]
    assert {b.evidence for b in bound} == known
    assert sum(isinstance(b, Chart) for b in bound) == 3


def test_a_failed_check_is_the_first_thing_said(body: Body, found: list[Result]) -> None:
    failing = found[0].answer.model_copy(update={"verdict": Verdict.FAIL})
    changed = body.model_copy(update={"results": (found[0].model_copy(update={"answer": failing}), *found[1:])})
    assert report(changed).sentence == "This model does not pass: declared inputs."


def test_the_page_stands_alone_escapes_names_and_says_it_is_a_demonstration(body: Body, campaign: ModuleType) -> None:
    page = html.render(report(body, Beside(signoffs=[signed(campaign)])))
    assert "&lt;b&gt;by hand&lt;/b&gt;" in page
    assert "<b>" not in page
    assert page.count("<svg") == 3
    assert "signed by a script for invented people" in page
    assert "Vera</strong>, validator, approve" in page
    assert "<script" not in page and "src=" not in page
    assert "<html" not in html.fragment(report(body))


def test_the_markdown_says_the_same(body: Body, campaign: ModuleType) -> None:
    text = markdown.render(report(body, Beside(signoffs=[signed(campaign)])))
    assert text.startswith("# Validation report: \\<b\\>by hand\\</b\\>\n")
    assert "- **KPI: pass.** expected +" in text
    assert "| check | figure |" in text


def test_the_package_holds_the_inputs_of_the_card_and_one_decision(campaign: ModuleType) -> None:
    contract = DataContract(columns=tuple(Column(name=n, dtype="number") for n in ("balance", "previous", "age")))
    candidate: Any = campaign.candidate(inputs=("balance",))
    made = pack(candidate, contract, campaign.brief())
    assert [column.name for column in made.contract.columns] == ["balance"]
    assert (made.capacity_share, made.threshold) == (0.5, None)
    assert made.digest == pack(candidate, contract, campaign.brief()).digest
    free = campaign.brief().decision.model_copy(update={"capacity_share": None})
    assert pack(candidate, contract, campaign.brief(decision=free)).threshold == pytest.approx(10 / 110)


def test_the_first_page_tells_an_owner_the_money_what_stands_against_it_and_what_people_keep(
    body: Body, campaign: ModuleType
) -> None:
    def told(check: str, verdict: Verdict) -> Body:
        changed = tuple(
            one.model_copy(update={"answer": one.answer.model_copy(update={"verdict": verdict})})
            if one.check == check
            else one
            for one in body.results
        )
        return body.model_copy(update={"results": changed})

    def first_page(body: Body, beside: Beside) -> str:
        return pypdf.PdfReader(io.BytesIO(pdf.render(report(body, beside)))).pages[0].extract_text()

    finding = Finding(
        id="f", use_case="u", line="l", subject="cand-1", severity=Severity.MEDIUM, text="The offer's cost is assumed",
        owner="o", due=campaign.NOW, remediation="Measure it.", raised_by="v", raised_at=campaign.NOW,
    )  # fmt: skip
    waiver = Waiver(
        id="w", use_case="u", line="l", subject="cand-1", check="calibration", reason="Known", compensation="A look",
        requested_by="a", granted_by="b", requested_at=campaign.NOW, expires_at=campaign.NOW,
    )  # fmt: skip
    on_condition = signed(campaign).model_copy(update={"conditions": ("At most 500 cases a day",)})
    failed = told("calibration", Verdict.FAIL)
    page = " ".join(first_page(failed, Beside([finding, finding], [waiver], [on_condition])).split())
    assert "At most 500 cases a day" in page and "The offer’s cost is assumed. Measure it." in page.replace("'", "’")
    assert "Calibration: excepted" in page and "Exception from calibration" in page
    assert "Where it must not be used" in page and "1,000" in page
    assert "What was asked, and what was found" not in page and "does not pass" not in page
    assert "Calibration: fail" in first_page(failed, Beside())
    crowded = Beside([finding] * 30, [waiver] * 30, [on_condition] * 30)
    long = body.model_copy(update={"title": "W" * 300})
    assert "Where it must not be used" in first_page(long, crowded), "it stays one page"
