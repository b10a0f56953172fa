"""A condition that a signer writes reaches the permit; one that no server could keep is refused before it is signed."""

from collections.abc import Callable
from typing import Any

import pytest

from glassworks.core.errors import FixTheInput
from glassworks.core.usecase import Release


def test_a_condition_on_a_column_that_the_model_is_not_told_is_refused(at: Callable[[str], Any]) -> None:
    bench = at("validated")
    subject = bench.candidate().id
    with pytest.raises(FixTheInput) as refused:
        bench.sign("validator", subject, conditions=("only where shoe size is from 36 to 44",))
    assert refused.value.field == "conditions" and "shoe size" in refused.value.what


def test_conditions_of_all_signers_stand_in_the_permit(at: Callable[[str], Any]) -> None:
    bench = at("validated")
    candidate = bench.candidate()
    bench.sign("validator", candidate.id, conditions=("at most 500 cases a day",))
    accepting = bench.accepting(candidate)
    said = {**accepting, "conditions": (*accepting.get("conditions", ()), "10 of 100 cases go to a person")}
    bench.sign("business_owner", candidate.id, **said)
    release = bench.parts.ledger.find(Release, use_case=bench.case.id)[-1]
    assert {"at most 500 cases a day", "10 of 100 cases go to a person"} <= set(release.conditions)
