"""`glassworks work revalidate` and `work compare`: what changed since a release was approved, and who signs again."""

import click

from glassworks.cli.session import acting, installation, json_option, person_option, say
from glassworks.core.reapproval import Reapproval
from glassworks.core.waiting import Revalidation
from glassworks.factory import worker
from glassworks.line import reapproval, revalidation


@click.command()
@click.argument("use_case")
@click.option("--ask", "asked", is_flag=True, help="Lay the bytes of the release as a new candidate.")
@person_option
@json_option
def revalidate(use_case: str, asked: bool, login: str, as_json: bool) -> None:
    """Say why the release is to be validated again; with --ask, lay its bytes again under what is in force now."""
    with installation() as parts:
        who = acting(parts, login)
        if asked:
            made, _ = revalidation.ask(parts, who, use_case)
            worker(parts, "command line").drain()
            say(made.facts(), as_json, f"{made.id}: {made.name}. A data scientist submits it, then it is validated.")
            return
        found = revalidation.of(parts, who, use_case)
        say(found.facts() if found else None, as_json, _due(found) if found else "Nothing changed since its approval.")


@click.command()
@click.argument("use_case")
@click.argument("candidate")
@person_option
@json_option
def compare(use_case: str, candidate: str, login: str, as_json: bool) -> None:
    """Say what changed from the release to CANDIDATE, whose approval still holds, and who signs again."""
    with installation() as parts:
        found = reapproval.of(parts, acting(parts, login), use_case, candidate)
        say(found.facts() if found else None, as_json, _told(found) if found else "There is no release beside it.")


def _due(found: Revalidation) -> str:
    lines = [f"{found.name} ({found.release}) is to be validated again since {found.since:%Y-%m-%d}:"]
    return "\n".join([*lines, *(f"- {one.sentence}" for one in found.reasons), found.says])


def _told(found: Reapproval) -> str:
    lines = [f"Since the release {found.release} ({found.name}, {found.released_at:%Y-%m-%d}):"]
    lines += [f"- {one.sentence}" for one in found.changes] or ["- Nothing changed."]
    lines += [f"- Not as good as then: {', '.join(found.worse)}."] if found.worse else []
    for one in found.carried:
        terms = f", on condition: {'; '.join(one.conditions)}" if one.conditions else ""
        lines.append(f"Holds: {one.role.words} {one.name}, {one.release}, {one.signed_at:%Y-%m-%d}{terms}.")
    return "\n".join([*lines, f"Signs again: {', '.join(role.words for role in found.sign_again)}."])


COMMANDS = (revalidate, compare)
"""In the order in which they are needed."""
