"""A validator's judgment in the signed statement: what was written is read again, and what is missing is named."""

import doctest

from hypothesis import given
from hypothesis import strategies as st

from glassworks.core import judgment
from glassworks.core.judgment import HEADS, composed, missing, read

words = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=40)


def test_the_examples_hold() -> None:
    assert doctest.testmod(judgment).failed == 0


@given(st.dictionaries(st.sampled_from(list(HEADS)), words), words)
def test_what_is_written_is_read_again(parts: dict[str, str], more: str) -> None:
    told = {name: " ".join(text.split()) for name, text in parts.items() if text.strip()}
    found = read(composed(parts, more))
    assert {name: found[name] for name in told} == told


def test_what_is_missing_is_named() -> None:
    assert missing("Fine.") == tuple(HEADS.values())
    assert missing(composed(dict.fromkeys(HEADS, "said"))) == ()
    assert missing("Assumptions: \nLimitations: none of weight") == ("Conceptual soundness", "Assumptions")
