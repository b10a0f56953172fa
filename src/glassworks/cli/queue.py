"""`glassworks work queue`: what waits for the validation team, and having it recomputed."""

import click

from glassworks.cli.session import acting, installation, json_option, person_option, say
from glassworks.core.estimate import plain
from glassworks.core.waiting import Waiting
from glassworks.factory import worker
from glassworks.line import queue as acts


@click.command()
@click.option("--run", "asked", is_flag=True, help="Have the office recompute all that wait; each costs one look.")
@person_option
@json_option
def queue(asked: bool, login: str, as_json: bool) -> None:
    """List submitted models and releases to validate again: the riskiest, most valuable, longest waiting first."""
    with installation() as parts:
        who = acting(parts, login)
        refused = {one.candidate: one.why_not for one in acts.validate_all(parts, who)} if asked else {}
        if asked:
            worker(parts, "command line").drain()
        found = acts.queue(parts, who)
        found = [one.model_copy(update={"why_not": refused.get(one.candidate, one.why_not)}) for one in found]
        say([one.facts() for one in found], as_json, "\n".join(map(_told, found)) or "No model waits for validation.")


def _told(one: Waiting) -> str:
    state = {"waits": "waits", "work": one.progress, "failed": f"failed: {one.progress}", "recomputed": "recomputed"}
    state["inconclusive"] = "inconclusive, its looks are spent"
    state["due"] = f"to be validated again. {one.progress}"
    why = f"  ({one.why_not})" if one.why_not else ""
    target = f"{plain(one.target)} {one.unit} a {one.period}"
    told = f"{one.use_case}  {one.candidate}  {one.name}: tier {one.tier}, target {target}, {state[one.state]}{why}"
    return "\n".join([told, *(f"    {change}" for change in one.changes)])


COMMANDS = (queue,)
