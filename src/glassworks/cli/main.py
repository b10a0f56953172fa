"""The root of the command line; a command's module is imported when the command is called and not before."""

import sys
import traceback
from typing import Any

import click
from pydantic import ValidationError

from glassworks.core.errors import Broken, FixTheInput, GlassworksError, half_a_character
from glassworks.core.registry import part

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("glassworks.cli.demo:demo", "Run the shipped use case through the whole line, then serve it."),
    "serve": ("glassworks.cli.serve:serve", "Serve pages, API and predictions, with a worker beside them."),
    "work": ("glassworks.cli.work:work", "Work on a use case: new, scope, explore, develop, validate, operate."),
    "admin": ("glassworks.cli.admin:admin", "Set up and look after an installation: init, invite, verify, backup."),
    "verify": ("glassworks.cli.verify:verify", "Verify a dossier file, without a server."),
    "sign": ("glassworks.cli.sign:sign", "Sign a sign-off file with a key that stays on this machine."),
}

PROCESSES = {
    "web-process": "glassworks.cli.web_process:web",
    "worker-process": "glassworks.cli.worker_process:work",
}
"""What `serve` starts as its children; not for people."""


class Commands(click.Group):
    """A group that knows its commands by name and loads each on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command, imported now."""
        path = COMMANDS[cmd_name][0] if cmd_name in COMMANDS else PROCESSES.get(cmd_name, "")
        found: click.Command | None = part(path) if path else None
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands from the table, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.command(cls=Commands)
@click.version_option(package_name="glassworks", message="Glassworks %(version)s")
def root() -> None:
    """Glassworks: an AI factory with glass walls.

    Start with `glassworks demo`. Settings are read from GLASSWORKS_* in the environment.

    \b
    Exit codes, of every command:
      0    it was done, or it holds
      1    the answer is no: a rule refuses (also: not signed in), a gate is closed, someone
           else was first, something does not verify, or a part failed
      2    the input is wrong: a word, a file, a setting, or a name that is not there
      3    only `verify dossier`: consistent, but the signer is unknown
      130  stopped with Ctrl+C
    """


def main(arguments: list[str] | None = None) -> None:
    """Run a command; an error a person can act on is told in sentences, with the exit codes that `--help` lists."""
    try:
        code = root.main(args=arguments, prog_name="glassworks", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except GlassworksError as error:
        tell(error)
        sys.exit(2 if isinstance(error, FixTheInput) else 1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ValidationError as error:
        tell(_of_fields(error))
        sys.exit(2)
    except UnicodeEncodeError as error:
        tell(half_a_character(error))
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped; what was done is kept.", err=True)
        sys.exit(130)
    except Exception as error:  # whatever it is, a person reads a sentence and never a trace of our code
        tell(_of_fault(error))
        sys.exit(1)


def _of_fields(error: ValidationError) -> FixTheInput:
    """What is wrong with the first field; what was typed is not repeated."""
    first = error.errors(include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return FixTheInput(f"The field {field} cannot be used.", f"{first['msg']}.", "Correct it.", field=field)


def _of_fault(error: Exception) -> GlassworksError:
    """A fault of ours or of the machine, by kind and place; its text may hold a row and is left out."""
    if isinstance(error, OSError) and error.strerror:
        return Broken(f"The machine refused: {error.strerror} ({error.filename}).", "", "Make room or give access.")
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{last.filename.rpartition('/')[2]}, line {last.lineno}"
    return Broken(f"A part of Glassworks failed: {type(error).__name__} at {where}.", "", "Report it with this line.")


def tell(error: GlassworksError) -> None:
    """What happened, why, what to do next; on standard error."""
    lines: list[Any] = [error.what, error.why, error.next_step and f"Next: {error.next_step}"]
    click.echo("\n".join(line for line in lines if line), err=True)
