"""What two people typed into one step of the canvas becomes one; what a page did not ask is nobody's change."""

from glassworks.line.canvas import merged


def test_what_a_page_did_not_ask_is_not_emptied() -> None:
    seen = {"kpi.owner": "", "value.currency": "EUR", "value.over.low": "0"}
    mine = {"kpi.owner": "", "value.currency": "CHF"}
    both, clashes = merged(seen, mine, seen | {"kpi.owner": "olga"})
    assert both == {"kpi.owner": "olga", "value.currency": "CHF", "value.over.low": "0"} and clashes == ()


def test_what_a_person_emptied_is_empty() -> None:
    seen = {"kpi.owner": "olga", "kpi.unit": "EUR"}
    both, clashes = merged(seen, {"kpi.owner": "", "kpi.unit": "EUR"}, seen | {"kpi.unit": "CHF"})
    assert both == {"kpi.owner": "", "kpi.unit": "CHF"} and clashes == ()
