"""`glassworks verify dossier FILE`: whether a dossier is what was signed, without a server."""

from pathlib import Path

import click

from glassworks.core.errors import NotFound
from glassworks.verify.dossier import verify_dossier


@click.group()
def verify() -> None:
    """Verify what others signed, offline."""


@verify.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--fingerprint",
    envvar="GLASSWORKS_OFFICE_FINGERPRINT",
    default=None,
    help="The office key's fingerprint, received apart from the file. Without it the best answer is "
    "'consistent, signer unknown'.",
)
def dossier(file: Path, fingerprint: str | None) -> None:
    """Say PASS, 'consistent, signer unknown', or exactly what was altered."""
    if not file.is_file():
        raise NotFound(f"There is no file {file}.", "", "Dossiers lie in GLASSWORKS_HOME/dossiers.")
    found = verify_dossier(file.read_bytes(), fingerprint)
    click.echo("\n".join((found.outcome, *found.lines)))
    raise click.exceptions.Exit(found.exit_code)
