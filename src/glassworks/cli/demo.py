"""`glassworks demo`: a shipped use case through the whole line, then served; run again it goes on or serves."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from glassworks import factory, settings
from glassworks.cli.parent import held
from glassworks.cli.scoring import Endpoint
from glassworks.cli.scripts import SCRIPTS, TERM_DEPOSIT, Script
from glassworks.cli.serve import LOCK, supervise
from glassworks.cli.story import Story
from glassworks.core.errors import Conflict, FixTheInput
from glassworks.line import audit
from glassworks.settings import Settings
from glassworks.verify.dossier import verify_dossier

MARK = factory.DEMO_MARK
ENDINGS = {
    "approved": "The story ended as intended: {leak}an honest model runs under its permit.",
    "refused": "The story ended as intended, in a refusal: no honest model cleared, and the gate stays closed.",
    "second case": "The story ended in its second intended way: no honest model of the first case cleared, so that "
    "case ends refused, and the second shipped case carries the approval.",
    "none": "The story did not come to an intended ending: a step did not hold.",
}


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Only one demonstration works in a home at a time; a killed one leaves no lock behind."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with held(home / "demo.lock"):
            yield
    except BlockingIOError as error:
        raise Conflict(
            f"A demonstration is already at work in {home}.", "", "Wait for it, or set GLASSWORKS_HOME to another."
        ) from error


def fresh_home(home: Path) -> None:
    """Remove an earlier demonstration; anything that is not one is left alone."""
    if not home.exists():
        return
    if any(home.iterdir()) and not (home / MARK).exists():
        raise FixTheInput(
            f"{home} is not a demonstration's home.",
            "--fresh removes demonstrations only.",
            "Name another folder in GLASSWORKS_HOME.",
        )
    try:
        with held(home / LOCK):
            shutil.rmtree(home)
    except BlockingIOError as error:
        raise Conflict(f"{home} is being served.", "", "End that server first (Ctrl+C where it runs).") from error


def tell_story(chosen: Settings, as_json: bool, script: Script = TERM_DEPOSIT) -> bool:
    """Tell the story in this process; True when it came to one of its intended endings and everything verifies."""
    if not factory.home_exists(chosen):
        chosen.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        (chosen.home / MARK).write_text("the home of a demonstration: invented people, invented signatures\n")
        factory.create_office(chosen)
    elif not (chosen.home / MARK).exists():
        raise FixTheInput(
            f"{chosen.home} is an installation, not a demonstration's home.",
            "Invented people do not join real ones.",
            "Name another folder in GLASSWORKS_HOME.",
        )
    endpoint = Endpoint(chosen)

    def say(step: str, sentence: str, facts: dict[str, Any]) -> None:
        if as_json:
            click.echo(json.dumps({"step": step, "sentence": sentence, **facts}))
        else:
            click.echo(f"\n{sentence}" if step == "stage" else f"   {sentence}")

    try:
        with factory.opened(chosen, endpoint) as parts:
            ending = Story(parts, say, script).tell()
            breaks = audit.faults(parts)
            pinned = parts.office.fingerprint
    finally:
        endpoint.close()
    for line in breaks:
        say("journal", f"The installation does not verify: {line}", {"held": False})
    found = sorted((chosen.home / "dossiers").glob("*.dossier"))
    outcomes = [verify_dossier(path.read_bytes(), pinned).outcome for path in found]
    say(
        "verify",
        f"{len(found)} dossiers verify offline as {', '.join(sorted(set(outcomes)))}; the journal "
        f"{'holds' if not breaks else 'is broken'}.",
        {"dossiers": [str(p) for p in found], "case": script.case},
    )
    held = bool(ending) and not breaks and set(outcomes) == {"PASS"}
    ending = ending if held else "none"
    leak = "the model with the leak is refused, " if script.planted else ""
    say("ending", ENDINGS[ending].format(leak=leak), {"ending": ending, "held": held})
    return held


@click.command()
@click.option(
    "--case",
    "name",
    type=click.Choice(list(SCRIPTS)),
    default=TERM_DEPOSIT.case,
    show_default=True,
    help="Which shipped use case is played; another one joins it in the same home.",
)
@click.option("--no-serve", is_flag=True, help="Tell the story and end; exit 0 at an intended ending, else 1.")
@click.option("--fresh", is_flag=True, help="Remove the earlier demonstration first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for machines.")
@click.option("--host", default=None, help="Address to serve on (default: this machine only).")
@click.option("--port", type=int, default=None, help="Port to serve on; a free one is found when it is busy.")
def demo(name: str, no_serve: bool, fresh: bool, as_json: bool, host: str | None, port: int | None) -> None:
    """Take a real use case from a business question to a governed prediction, then serve it."""
    chosen = settings.read(environment=MARK, host=host, port=port, lease_seconds=10.0)
    if fresh:
        fresh_home(chosen.home)
    with alone(chosen.home):
        held = tell_story(chosen, as_json, SCRIPTS[name])
    if not held:
        click.echo("\nA step did not hold; see above.", err=True)
    if no_serve:
        raise click.exceptions.Exit(0 if held else 1)
    supervise(chosen, open_on="/")
