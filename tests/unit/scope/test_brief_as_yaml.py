"""A brief goes to YAML and back without losing a character, and a file with a slip is refused by its field."""

import types
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import annotated_types
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glassworks.core.canvas import KpiNode
from glassworks.core.contract import Assumption, Brief, ClassValue, ValueMatrix
from glassworks.core.errors import FixTheInput, TooLarge
from glassworks.core.people import Role
from glassworks.core.record import Part
from glassworks.core.strict_yaml import LARGEST
from glassworks.core.usecase import UseCase
from glassworks.stages.scope.brief_file import DATES, OFFICE, brief_from_yaml, schema, yaml_of

EXAMPLES = Path(__file__).parents[3] / "src/glassworks/examples"
TEXT = (EXAMPLES / "term_deposit" / "brief.yaml").read_text()
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CASE = UseCase(
    id="case", line="retail", title="A title", question="A question?", opened_by="p", opened_at=NOW, moved_at=NOW
)
WORDS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["yes", "no", "~", "12:30", "2026-01-01", "in 14 days", "1e5", "0x1F", "1_000", "- a", "a: b", " #"]
    ),
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def valued(kind: Any, limits: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """Any value of a field's type within its limits."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (Union, types.UnionType):
        return st.one_of(*(st.none() if one is type(None) else valued(one, limits) for one in inner))
    if origin is tuple:
        if inner[1:] == (...,):
            return st.lists(valued(inner[0]), max_size=2).map(tuple)
        return st.tuples(*(valued(one) for one in inner))
    if origin is dict:
        return st.dictionaries(valued(inner[0]), st.text(min_size=1, max_size=9), max_size=3)
    if kind in (int, float):
        return numbers(kind, limits)
    plain = {str: WORDS, bool: st.booleans(), date: st.dates(date(2000, 1, 1), date(2100, 1, 1))}
    if kind in plain:
        return plain[kind]
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    assert issubclass(kind, Part), kind
    return parts(kind)


def numbers(kind: type, limits: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    least, most = -1e15, 1e15
    for one in limits:
        least = one.gt + 0.01 if isinstance(one, annotated_types.Gt) else getattr(one, "ge", least)
        most = one.lt - 0.01 if isinstance(one, annotated_types.Lt) else getattr(one, "le", most)
    if kind is int:
        return st.integers(int(least) + 1, int(most))
    return st.floats(least, most) if limits else NUMBERS


def parts(kind: type[Part]) -> st.SearchStrategy[Any]:
    fields = {name: valued(one.annotation, tuple(one.metadata)) for name, one in kind.model_fields.items()}
    if kind is Assumption:
        return assumptions(NUMBERS)
    if kind is ValueMatrix:
        fields["treatment_effect"] = st.one_of(st.none(), assumptions(st.floats(0, 1)))
        pairs = st.lists(parts(ClassValue), max_size=2, unique_by=lambda one: (one.truth, one.answer))
        fields["classes"] = pairs.map(tuple)
    if kind is ClassValue:
        fields |= {"truth": WORDS.filter(bool), "answer": WORDS.filter(bool)}
    if kind is KpiNode:
        fields["name"] = st.from_regex(r"\A[A-Za-z][A-Za-z0-9_]{0,6}\Z")
    return st.builds(kind, **fields)


def assumptions(amounts: st.SearchStrategy[float]) -> st.SearchStrategy[Assumption]:
    texts = {name: WORDS for name in Assumption.model_fields if name not in ("low", "mode", "high")}
    three = st.lists(amounts, min_size=3, max_size=3).map(sorted)
    return st.builds(lambda t, **more: Assumption(low=t[0], mode=t[1], high=t[2], **more), three, **texts)


def briefs() -> st.SearchStrategy[Brief]:
    fields = {
        name: valued(one.annotation, tuple(one.metadata))
        for name, one in Brief.model_fields.items()
        if name not in (*OFFICE, "use_case", "version")
    }
    return st.integers(1, 99).flatmap(
        lambda v: st.builds(
            Brief, id=st.just(f"case-brief-v{v}"), use_case=st.just("case"), line=st.just("retail"), version=st.just(v),
            **fields,
        )
    )  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(briefs())
def test_a_brief_comes_back_from_yaml_exactly_as_it_was(brief: Brief) -> None:
    text = yaml_of(brief, brief.people)
    again = brief_from_yaml(text, CASE, brief.people, NOW)
    assert again.terms() == brief.terms()
    assert yaml_of(again, again.people) == text


@pytest.mark.parametrize(
    "name", [folder.name for folder in sorted(EXAMPLES.iterdir()) if (folder / "brief.yaml").exists()]
)
def test_every_shipped_brief_comes_back_exactly(name: str) -> None:
    people = {role: f"p-{role}" for role in Role}
    brief = brief_from_yaml((EXAMPLES / name / "brief.yaml").read_text(), CASE, people, NOW)
    assert brief_from_yaml(yaml_of(brief, people), CASE, people, NOW).terms() == brief.terms()


def test_dates_may_be_counted_from_today_where_a_date_stands_and_nowhere_else() -> None:
    text = TEXT.replace("latency_need: overnight", "latency_need: in 14 days")
    brief = brief_from_yaml(text, CASE, {}, NOW)
    assert brief.plan[0].due == (NOW + timedelta(days=7)).date() and brief.decision.latency_need == "in 14 days"
    assert brief.kpi.by == (NOW + timedelta(days=270)).date()
    assert brief.playbacks[0].day == (NOW + timedelta(days=21)).date()


def test_words_that_older_yaml_took_for_something_else_are_words() -> None:
    brief = brief_from_yaml(TEXT.replace('positive: "yes"', "positive: yes"), CASE, {}, NOW)
    assert brief.positive == "yes"


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        (("title:", "titel:"), "titel", "`title`"),
        (("  target: 6000", "  traget: 6000"), "kpi.traget", "`target`"),
        (("volume_per_period: 730", 'volume_per_period: "730"'), "decision.volume_per_period", "must be a number"),
        (("volume_per_period: 730", "volume_per_period: true"), "decision.volume_per_period", "must be a number"),
        (("volume_per_period: 730", "volume_per_period: .inf"), "decision.volume_per_period", "must be a number"),
        (("volume_per_period: 730", "volume_per_period: 1.0e+308"), "decision.volume_per_period", "less than or equal"),
        (("sealed_periods: 2", "sealed_periods: 1.0e+308"), "windows.sealed_periods", "less than or equal"),
        (("  unit: EUR", "  unit: " + "x" * 100_000), "kpi.unit", "at most 200 characters"),
        (("sealed_from: 2010-01", "sealed_from: 2010"), "windows.sealed_from", "quotes"),
        (("due: in 7 days", "due: 2026-13-01"), "plan.0.due", "2026-03-31"),
        (("due: in 7 days", "due: tomorrow"), "plan.0.due", "in 14 days"),
        (("forbidden: [age, marital]", "forbidden: age"), "forbidden", "must be a list"),
        (("acts_on_people: true", "acts_on_people: 1"), "acts_on_people", "true or false"),
        (("task: binary", "task: ternary"), "task", "binary"),
        (("    low: -9", "    low: 9"), "value.act_negative", "rising order"),
        (("title:", "id: x\ntitle:"), "id", "office"),
        (("title:", "version: two\ntitle:"), "version", "whole number"),
    ],
)
def test_a_slip_is_refused_by_its_field_with_a_reason_and_a_next_step(
    change: tuple[str, str], field: str, words: str
) -> None:
    text = TEXT.replace(*change, 1)
    assert text != TEXT
    with pytest.raises(FixTheInput) as refused:
        brief_from_yaml(text, CASE, {}, NOW)
    told = f"{refused.value.what} {refused.value.why} {refused.value.next_step}"
    assert refused.value.field == field and words in told and refused.value.next_step


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title: a\n\tproblem: b\n", "a tab"),
        ("plan:\n  - task: a\n\t  owner: b\n", "a tab"),
        ("title: a\ntitle: b\n", "stands twice"),
        ("kpi: {unit: a, unit: b}\n", "stands twice"),
        (BOMB, "anchors and aliases"),
        ("title: !!python/object:os.system x\n", "tags"),
        ("a: !!binary aGk=\n", "tags"),
        ("<<: {a: b}\n", "<<"),
        ("? [a, b]\n: c\n", "must be a word"),
        ("a: [1, 2", "In line"),
        ("- a\n- b\n", "names no fields"),
        ("just words", "names no fields"),
        ("", "names no fields"),
        ("a: b\n---\nc: d\n", "In line"),
        ("[" * 50_000, "nested too deeply"),
        (f"a: {'9' * 5000}\n", "cannot be read"),
        ("a: \x07\n", "cannot be read"),
        ('title: a\nproblem: "\\ud800"\n', "In line 2: a character that is no text"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_with_its_line_or_reason(text: str, words: str) -> None:
    with pytest.raises(FixTheInput) as refused:
        brief_from_yaml(text, CASE, {}, NOW)
    assert words in f"{refused.value.what} {refused.value.why} {refused.value.next_step}" and refused.value.next_step


def test_ten_megabytes_and_bytes_that_are_no_text_are_refused_before_they_are_read() -> None:
    with pytest.raises(TooLarge, match=f"{LARGEST // 1000} kilobytes"):
        brief_from_yaml("a: b\n" * 2_000_000, CASE, {}, NOW)
    with pytest.raises(FixTheInput, match="UTF-8"):
        brief_from_yaml(b"title: \xff\xfe", CASE, {}, NOW)


def test_the_schema_knows_every_field_of_every_shipped_brief_and_where_dates_stand() -> None:
    made = schema()
    dated = [name for name, one in made["$defs"].items() for field, kind in one.get("properties", {}).items()
             if "in (" in str(kind)]  # fmt: skip
    assert len(dated) == len(DATES)
    for folder in EXAMPLES.iterdir():
        if (folder / "brief.yaml").exists():
            fields = yaml.safe_load((folder / "brief.yaml").read_text())
            assert set(fields) <= set(made["properties"]) and set(made["required"]) <= set(fields)
    assert not set(OFFICE) & set(made["properties"])
    assert all(one.get("additionalProperties") is False for one in made["$defs"].values() if one["type"] == "object")


def test_a_share_beyond_all_cases_is_refused_by_its_field() -> None:
    wrong = TEXT.replace("    mode: 0.6\n    high: 0.9", "    mode: 0.6\n    high: 9")
    with pytest.raises(FixTheInput, match="between 0 and 1") as refused:
        brief_from_yaml(wrong, CASE, {}, NOW)
    assert refused.value.field == "value.treatment_effect"


def test_a_pair_of_classes_names_both_and_stands_once() -> None:
    pair = "{truth: a, answer: b, value: {low: 1, mode: 1, high: 1}}"
    for pairs, field, why in (
        (f"[{pair.replace('truth: a', 'truth: ' + chr(34) * 2)}]", "value.classes.0.truth", "empty"),
        (f"[{pair}, {pair}]", "value.classes", "stand here twice"),
    ):
        wrong = TEXT.replace("  currency: EUR\n", f"  currency: EUR\n  classes: {pairs}\n", 1)
        with pytest.raises(FixTheInput, match=why) as refused:
            brief_from_yaml(wrong, CASE, {}, NOW)
        assert refused.value.field == field
