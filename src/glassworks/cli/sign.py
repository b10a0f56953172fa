"""`glassworks sign FILE --key`: sign a sign-off on the person's own machine; the key never leaves it."""

import json
from pathlib import Path

import click

from glassworks.cli.session import content, file_argument, written
from glassworks.core import canonical, signoff
from glassworks.core.errors import Conflict, FixTheInput
from glassworks.core.signoff import SignOff
from glassworks.hub.keys import read_key_file, sign_off, write_key_file


def sign_off_of(file: Path) -> SignOff:
    """The sign-off that a file holds."""
    try:
        return SignOff.model_validate(canonical.parse_strict(content(file)))
    except ValueError as error:
        raise FixTheInput(f"{file} is not a sign-off.", "", "Download it again from the signing page.") from error


@click.command()
@file_argument
@click.option("--key", required=True, type=click.Path(path_type=Path), help="Your private key's file.")
@click.option("--new", "make", is_flag=True, help="Make a key in --key first; FILE then receives its public half.")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Where the signed file goes.")
def sign(file: Path, key: Path, make: bool, out: Path | None) -> None:
    """Sign FILE, a sign-off that a page or the API gave you to sign locally."""
    if make:
        if file.exists():
            raise Conflict(f"{file} exists.", "", "Name a new file for the public key.")
        private = signoff.new_private_key()
        write_key_file(key, private)
        written(file, json.dumps({"public_key": signoff.public_text(private)}).encode() + b"\n")
        click.echo(f"The private key lies in {key}. Give {file} to the office to put it on the key list.")
        return
    draft = sign_off_of(file)
    click.echo(f"You sign as {draft.role.words}: {draft.meaning.value.replace('_', ' ')}, dossier {draft.dossier}.")
    signed = sign_off(draft, read_key_file(key))
    target = out or file.with_suffix(".signed.json")
    written(target, canonical.to_bytes(signed.facts()))
    click.echo(f"Signed: {target}. Upload it on the page where you found the sign-off, or `glassworks work take`.")
