"""What keeps a gate closed is told once, for all that it holds for."""

from glassworks.web.pages.rendering import together

OWNER = " is inconclusive: the business owner may accept it by signature, with a condition."


def test_inconclusive_answers_stand_in_one_sentence_and_everything_else_by_itself() -> None:
    assert together(
        ["Performance" + OWNER, "KPI failed: it is not kept.", "Fairness" + OWNER, "Nobody has signed."]
    ) == [
        "Performance and Fairness are inconclusive: the business owner may accept each by signature, with a condition.",
        "KPI failed: it is not kept.",
        "Nobody has signed.",
    ]


def test_one_inconclusive_answer_stands_as_the_gate_says_it() -> None:
    assert together(["Fairness" + OWNER]) == ["Fairness" + OWNER]
    assert together([]) == []
