"""`glassworks work what-if`: what a use case's decision would earn, with other numbers laid over its brief."""

from typing import Any

import click

from glassworks.cli.session import acting, installation, json_option, person_option, say
from glassworks.core.commands import Moved, TryWhatIf
from glassworks.core.errors import FixTheInput
from glassworks.line import what_if as acts

RIGHT = "Of 100 acted on, so many are right (for one of several answers: of 100 answers)."
MEAN = "COLUMN=NUMBER: how large the column is on average that a value is multiplied by. Repeatable."
VALUE = "NAME=MODE or NAME=LOW:MODE:HIGH, such as act_positive=120:194:300. Repeatable."


@click.command("what-if")
@click.argument("use_case")
@click.option("--of-100", "right", type=float, default=None, help=RIGHT)
@click.option("--reached", type=float, default=None, help="Of 100 that it would be right for, so many are reached.")
@click.option("--auc", type=float, default=None, help="Instead of both: roughly what a model of this AUC reaches.")
@click.option("--error", type=float, default=None, help="By how much a forecast of the model is off on average.")
@click.option("--error-today", type=float, default=None, help="By how much today's way is off on average.")
@click.option("--positive", type=float, default=None, help="Of 100 cases, it would be right for so many.")
@click.option("--capacity", type=float, default=None, help="Share of the cases that can be acted on, such as 0.5.")
@click.option("--volume", type=float, default=None, help="Cases a period.")
@click.option("--target", type=float, default=None, help="Target of the KPI, more than the baseline, a period.")
@click.option("--value", "values", multiple=True, help=VALUE)
@click.option("--mean", "means", multiple=True, help=MEAN)
@person_option
@json_option
def what_if(
    use_case: str,
    right: float | None,
    reached: float | None,
    auc: float | None,
    error: float | None,
    error_today: float | None,
    positive: float | None,
    capacity: float | None,
    volume: float | None,
    target: float | None,
    values: tuple[str, ...],
    means: tuple[str, ...],
    login: str,
    as_json: bool,
) -> None:
    """What the decision of USE_CASE would earn. What is not given is as the newest brief says; nothing is saved."""
    given: dict[str, Any] = {
        "auc": auc,
        "error": error,
        "recall": _share(reached),
        "expected_error": error_today,
        "positive_share": _share(positive),
        "capacity_share": capacity,
        "volume": volume,
        "target": target,
        "values": dict(_value(one) for one in values),
        "means": dict(_mean(one) for one in means),
    }
    with installation() as parts:
        who = acting(parts, login)
        given |= acts.right_of_100(parts, who, use_case, _share(right))
        asked = TryWhatIf.model_validate({name: one for name, one in given.items() if one is not None})
        found = acts.what_if(parts, who, use_case, asked)
        told = acts.sentences(parts, who, use_case, asked, found)
        say(found, as_json, "\n".join([found.says(), *told.lines()]))


def _share(of_100: float | None) -> float | None:
    return None if of_100 is None else of_100 / 100


def _value(text: str) -> tuple[str, Moved]:
    name, _, numbers = text.partition("=")
    try:
        found = [float(one) for one in numbers.split(":")]
        low, mode, high = found if len(found) == 3 else (None, *found, None)
    except (ValueError, TypeError) as fault:
        raise FixTheInput(f"The value {name[:40]!r} cannot be read.", "", f"Write {VALUE}", field="--value") from fault
    return name.strip(), Moved(low=low, mode=mode, high=high)


def _mean(text: str) -> tuple[str, float]:
    name, _, number = text.rpartition("=")
    try:
        return name.strip(), float(number)
    except ValueError as fault:
        raise FixTheInput(f"The mean {text[:40]!r} cannot be read.", "", f"Write {MEAN}", field="--mean") from fault
