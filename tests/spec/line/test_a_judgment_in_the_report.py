"""What a validator writes beside the figures stands in the validation report."""

from collections.abc import Callable
from typing import Any

from glassworks.core.judgment import composed
from glassworks.line import documents


def test_the_parts_of_a_judgment_stand_in_the_report(at: Callable[[str], Any]) -> None:
    bench = at("validated")
    candidate = bench.candidate()
    said = composed({"soundness": "Balance tells who saves.", "limitations": "Not tried on branches."}, "Well made.")
    bench.sign("validator", candidate.id, statement=said)
    report = documents.validation_report(bench.parts, bench.who["validator"], bench.case.id, candidate.id)
    told = [block.text for block in report.blocks if hasattr(block, "text")]
    assert "Conceptual soundness. Balance tells who saves." in told and "Limitations. Not tried on branches." in told
    assert "What the validator says beside the figures" in told
