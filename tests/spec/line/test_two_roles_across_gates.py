"""One person in two conflicting roles is refused across gates, whenever the earlier gate was signed."""

from typing import Any

import pytest

from glassworks.core.errors import NotAllowed
from glassworks.core.people import Role


def test_who_submitted_a_candidate_does_not_validate_it(at: Any) -> None:
    one = at("explored")
    one.join("both", Role.VALIDATOR, Role.DATA_SCIENTIST)
    made = one.model()
    one.sign("both", made.id, "submit", role="data_scientist")
    with pytest.raises(NotAllowed, match="separate-duties"):
        one.validate(made, "both")
    one.validate(made)
    with pytest.raises(NotAllowed, match="separate-duties"):
        one.sign("both", made.id, role="validator")


def test_nor_who_signed_the_data_anew_after_the_model_was_recomputed(at: Any) -> None:
    one = at("submitted")
    one.join("both", Role.VALIDATOR, Role.DATA_SCIENTIST)
    made = one.candidate()
    one.validate(made)
    one.decide()
    one.sign("both", one.dataset().id, "submit", role="data_scientist")
    one.sign("domain_expert", one.dataset().id)
    with pytest.raises(NotAllowed, match="separate-duties"):
        one.sign("both", made.id, role="validator")


def test_nor_when_the_same_bytes_are_laid_under_another_name(at: Any) -> None:
    one = at("explored")
    one.join("both", Role.VALIDATOR, Role.DATA_SCIENTIST)
    first = one.model()
    one.sign("both", first.id, "submit", role="data_scientist")
    again = one.model(name="The same bytes")
    assert again.files == first.files
    one.sign("data_scientist", again.id, "submit")
    with pytest.raises(NotAllowed, match="separate-duties"):
        one.validate(again, "both")
