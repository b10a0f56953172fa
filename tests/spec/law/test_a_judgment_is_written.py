"""At high tier a validator's approval says what no figure says; the words are signed, and stand in the report."""

import pytest

from glassworks.core.contract import Tier
from glassworks.core.errors import FixTheInput
from glassworks.core.judgment import HEADS, composed
from glassworks.core.people import Role
from glassworks.core.signoff import Meaning
from glassworks.line.signing import _check_judgment


class Asked:
    """A signature as far as this rule looks at it."""

    def __init__(self, statement: str, role: Role = Role.VALIDATOR, meaning: Meaning = Meaning.APPROVE) -> None:
        self.statement, self.role, self.meaning = statement, role, meaning


WHOLE = composed(dict.fromkeys(HEADS, "Said."))


def test_at_high_tier_an_approval_without_the_judgment_is_refused_by_its_parts() -> None:
    with pytest.raises(FixTheInput) as refused:
        _check_judgment(Asked("Assumptions: no new product."), Tier.HIGH)  # type: ignore[arg-type]
    assert refused.value.field == "statement"
    assert "Conceptual soundness, Limitations" in refused.value.why and "Assumptions" not in refused.value.why


@pytest.mark.parametrize(
    ("asked", "tier"),
    [
        (Asked(WHOLE), Tier.HIGH),
        (Asked(""), Tier.MEDIUM),
        (Asked("", Role.BUSINESS_OWNER), Tier.HIGH),
        (Asked("No.", meaning=Meaning.REFUSE), Tier.HIGH),
    ],
)
def test_below_it_and_for_others_it_is_free(asked: Asked, tier: Tier) -> None:
    _check_judgment(asked, tier)  # type: ignore[arg-type]
