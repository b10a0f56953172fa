"""The what-if's page and API: money for what was typed, bad numbers named, nothing lost, nothing overwritten."""

import html
import importlib.util
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from glassworks.core.errors import FixTheInput
from glassworks.sdk.client import Client

EXAMPLES = {"deposits": "term_deposit", "bikes": "bike_demand", "credits": "german_credit", "calls": "telco_churn"}
YAML = {"content-type": "application/yaml"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    spec = importlib.util.spec_from_file_location("house", Path(__file__).parents[2] / "fakes" / "house.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.opened(tmp_path_factory.mktemp("what-if") / "home") as one:
        for case in (*EXAMPLES, "nothing"):
            opening = {"id": case, "title": f"About {case}", "question": "What if?", "line": "retail"}
            one.act("business_owner", "POST", "/cases", 201, json=opening)
        for case, name in EXAMPLES.items():
            save(one, case, name)
        yield one


def save(house: Any, case: str, name: str) -> None:
    content = files("glassworks.examples").joinpath(name).joinpath("brief.yaml").read_bytes()
    house.act("business_owner", "POST", f"/cases/{case}/brief.yaml", 201, content=content, headers=YAML)


@pytest.fixture(scope="module")
def person(house: Any) -> Any:
    """Signs a person in on the pages."""

    def signed_in(login: str) -> Any:
        client = house.client()
        sent = {"csrf_token": token(client.get("/sign-in").text), "login": login, "password": "a password for tests"}
        assert client.post("/sign-in", data=sent).status_code == 303
        return client

    return signed_in


def token(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def at(case: str) -> str:
    return f"/cases/{case}/scope/what-if"


def money(page: str) -> str:
    found = re.search(r"data-money>([^<]+)<", page)
    assert found, page[:2000]
    return found[1].replace("\u2212", "-")


def entry(page: str, name: str) -> str:
    found = re.search(rf'<input id="[^"]*" name="{re.escape(name)}" type="text"[^>]* value="([^"]*)"', page)
    assert found, name
    return html.unescape(found[1])


def words(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)))


def test_the_sliders_ask_in_the_words_of_the_brief_and_hold_its_numbers(person: Any) -> None:
    page = person("business_owner").get(at("deposits")).text
    assert "Of 100 times we phone the customer and offer a term deposit, how often is it right?" in page
    assert "how many do we reach?" in page and "customers on the campaign" in page
    assert (entry(page, "share.mode"), entry(page, "decision.capacity_share"), entry(page, "kpi.target")) == (
        "40",
        "50",
        "6000",
    )
    assert money(page) == "12,633"


def test_the_money_moves_with_the_query_and_without_script(person: Any) -> None:
    client = person("business_owner")
    assert money(client.get(at("deposits"), params={"precision": "49"}).text) == "6,420"
    weaker = client.get(at("deposits"), params={"precision": "30"}).text
    assert money(weaker) == "-7,450" and "against today" in weaker
    alone = client.get(at("deposits"), params={"precision": "49", "part": "answer"}).text
    assert money(alone) == "6,420" and "<html" not in alone
    ends = {"value.act_positive.low": "111", "value.act_positive.mode": "200", "value.act_positive.high": "296"}
    assert money(client.get(at("deposits"), params={"precision": "49", **ends}).text) == "6,617"


def test_with_a_capacity_reach_and_rightness_move_together(person: Any) -> None:
    client = person("business_owner")
    by_recall = client.get(at("deposits"), params={"recall": "75", "precision": "10", "by": "recall"}).text
    assert (entry(by_recall, "precision"), entry(by_recall, "recall")) == ("60", "75")
    by_precision = client.get(at("deposits"), params={"precision": "60"}).text
    assert entry(by_precision, "recall") == "75" and money(by_precision) == money(by_recall)


def test_without_a_capacity_both_count(person: Any) -> None:
    page = person("business_owner").get(at("credits"), params={"precision": "90", "recall": "50"}).text
    assert (entry(page, "precision"), entry(page, "recall")) == ("90", "50")
    assert "Line of equal KPI" in page
    fewer = person("business_owner").get(at("credits"), params={"precision": "90", "recall": "20"}).text
    assert float(money(fewer).replace(",", "")) < float(money(page).replace(",", ""))


def test_more_right_ones_than_there_are_cases_is_told_and_taken_as_far_as_it_goes(person: Any) -> None:
    page = person("business_owner").get(at("deposits"), params={"precision": "95"}).text
    assert "More than 80 of 100 cannot be right" in page and entry(page, "precision") == "80"


def test_a_bad_number_is_named_and_nothing_typed_is_lost(person: Any) -> None:
    typed = {"kpi.target": "six thousand", "precision": "55", "decision.capacity_share": "140", "share.low": "<b>"}
    answer = person("business_owner").get(at("deposits"), params=typed)
    said = words(answer.text)
    assert answer.status_code == 200 and "data-money" not in answer.text
    assert {name: entry(answer.text, name) for name in typed} == typed
    assert "What is the target, more than as many calls in list order? This must be a number" in said
    assert "how many can we act on? This must be between 0 and 100." in said and "<b>" not in answer.text


def test_ends_out_of_order_are_named_at_their_question(person: Any) -> None:
    typed = {"value.act_positive.low": "300", "value.act_positive.mode": "200"}
    page = person("business_owner").get(at("deposits"), params=typed).text
    assert "We act and it is right: worth of one Low, most likely and high must stand in rising order." in words(page)


def test_zero_where_there_must_be_something_is_named(person: Any) -> None:
    for name in ("decision.volume_per_period", "decision.capacity_share"):
        page = person("business_owner").get(at("deposits"), params={name: "0"}).text
        assert "This must be more than zero." in page and 'aria-invalid="true"' in page


def test_a_target_out_of_reach_says_stop_here(person: Any) -> None:
    page = words(person("business_owner").get(at("deposits"), params={"kpi.target": "40,000"}).text)
    assert "Stop here, or change the plan: even a perfect model earns at most 29,488 EUR a quarter" in page


def test_a_forecast_is_asked_by_how_much_it_is_wrong(person: Any) -> None:
    client = person("business_owner")
    page = client.get(at("bikes"), params={"error": "80"}).text
    assert "By how much is today" in page and money(page) == "6,004"
    assert float(money(client.get(at("bikes"), params={"error": "20"}).text).replace(",", "")) > 20_000
    gone = words(client.get(at("bikes"), params={"decision.expected_error": "0"}).text)
    assert "This must be more than zero." in gone


def test_before_there_is_a_brief_the_missing_number_is_asked_by_name(person: Any) -> None:
    client = person("business_owner")
    page = words(client.get(at("nothing")).text)
    assert "There is no brief yet" in page and "One number is missing." in page
    assert "for how many would it be right? Nobody has said yet how many cases are positive." in page
    assert money(client.get(at("nothing"), params={"share.mode": "20"}).text)


def use(client: Any, case: str, **typed: str) -> Any:
    page = client.get(at(case)).text
    seen = dict(re.findall(r'name="(seen\.\w+)" value="(\d+)"', page))
    return client.post(at(case), data={"csrf_token": token(page), **seen, **typed})


def test_numbers_put_into_the_canvas_leave_what_others_typed_there(house: Any, person: Any) -> None:
    owner = house.actors["business_owner"]
    house.parts.drafts.save("deposits", "value", 0, {"kpi.name": "What calls bring"}, owner.person)
    typed = {"kpi.target": "7000", "decision.capacity_share": "40", "share.mode": "40", "precision": "60"}
    answer = use(person("business_owner"), "deposits", **typed)
    assert answer.status_code == 303 and "/scope/canvas/" in answer.headers["location"]
    drafts = house.parts.drafts.of("deposits")
    assert drafts["value"].typed == {"kpi.name": "What calls bring", "kpi.target": "7000"}
    assert drafts["decision"].typed == {"decision.capacity_share": "0.4"}
    page = person("business_owner").get(at("deposits")).text
    assert entry(page, "kpi.target") == "7000" and "not yet saved as a version" in page
    assert entry(person("auditor").get(at("deposits")).text, "kpi.target") == "6000"


def test_a_canvas_saved_meanwhile_is_not_overwritten(house: Any, person: Any) -> None:
    owner, client = house.actors["business_owner"], person("business_owner")
    page = client.get(at("credits")).text
    house.parts.drafts.save("credits", "value", 0, {"kpi.target": "2500"}, owner.person)
    sent = {"csrf_token": token(page), "seen.value": "0", "kpi.target": "3000", "decision.volume_per_period": "400"}
    answer = client.post(at("credits"), data=sent)
    assert answer.status_code == 409 and entry(answer.text, "kpi.target") == "3000"
    assert "saved this step while you typed. Your numbers stay here" in answer.text
    drafts = house.parts.drafts.of("credits")
    assert drafts["value"].typed == {"kpi.target": "2500"} and "decision" not in drafts


def test_bad_numbers_or_none_changed_put_nothing_into_the_canvas(house: Any, person: Any) -> None:
    assert use(person("business_owner"), "bikes", **{"kpi.target": "lots"}).status_code == 422
    unchanged = use(person("business_owner"), "bikes", **{"kpi.target": "15000", "error": "30"})
    assert unchanged.status_code == 422 and "Nothing differs from the brief yet." in unchanged.text
    assert house.parts.drafts.of("bikes") == {}


def test_who_may_not_edit_may_try_but_not_put(person: Any) -> None:
    client = person("validator")
    page = client.get(at("bikes")).text
    assert money(page) and "Put them into the canvas" not in page
    assert client.post(at("bikes"), data={"csrf_token": token(page), "kpi.target": "1"}).status_code == 403
    assert person("other_scientist").get(at("bikes")).status_code == 404


def test_the_api_and_the_notebook_answer_as_the_page_does(house: Any, person: Any) -> None:
    told = house.act("auditor", "POST", "/cases/bikes/what-if", json={"error": 80, "draws": 100})
    assert round(told["gain"]["value"]) == 6004 and told["reachable"] and told["unit"] == "EUR"
    case = Client(house.client("data_scientist")).case("bikes")
    found = case.what_if(error=80, values={"under": (0.8, 1.1, 1.6)}, target=8000)
    assert found.target == 8000 and found.gain.value > 6004 and "EUR a month" in found.says()
    with pytest.raises(FixTheInput, match="has no 'recal'"):
        case.what_if(recal=0.4)
    with pytest.raises(FixTheInput, match="low, most likely, high"):
        case.what_if(values={"over": (1, 2)})


def test_the_api_names_the_field_that_cannot_be(house: Any) -> None:
    for sent, field in (
        ({"precision": 1.4}, "precision"),
        ({"volume": 0}, "volume"),
        ({"values": {"profit": 3}}, "values"),
        ({"draws": 10_000_000}, "draws"),
        ({"precision": 0.95}, "precision"),
    ):
        refused = house.act("data_scientist", "POST", "/cases/deposits/what-if", 422, json=sent)
        assert refused["field"] == field, sent
    empty = house.act("data_scientist", "POST", "/cases/nothing/what-if", 404, json={})
    assert "no brief yet" in empty["what"]


def test_the_page_marks_the_mean_that_nobody_has_said_yet(person: Any) -> None:
    client = person("business_owner")
    page = client.get(at("calls")).text
    assert "How large MonthlyCharges is on average is not known." in page
    assert re.search(r'<input id="[^"]*" name="means.0"[^>]*aria-invalid="true"', page)
    assert 'aria-invalid="true"' not in client.get(f"{at('calls')}?precision=50&means.0=65").text
    certain = client.get(f"{at('calls')}?means.0=65&share.low=100&share.mode=100&share.high=100").text
    assert re.search(r'<input id="[^"]*" name="share.mode"[^>]*aria-invalid="true"', certain)
