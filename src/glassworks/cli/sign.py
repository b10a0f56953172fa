"""`glassworks sign FILE --key`: sign a sign-off on the person's own machine; the key never leaves it."""

import json
from pathlib import Path

import click

from glassworks.cli.session import content, file_argument, say, written
from glassworks.core import canonical, signoff
from glassworks.core.conditions import kept
from glassworks.core.errors import Conflict, FixTheInput
from glassworks.core.signoff import SignOff
from glassworks.hub.keys import read_key_file, sign_off, write_key_file

elsewhere_option = click.option(
    "--elsewhere", type=click.Path(path_type=Path), default=None, help="Write it here to sign with own key."
)


def give_out(draft: SignOff, file: Path, as_json: bool) -> None:
    """Write a sign-off to a file, to be signed with a key that its owner keeps."""
    written(file, canonical.to_bytes(draft.facts()))
    say(draft, as_json, f"Sign it: `glassworks sign {file} --key KEY`, then `glassworks work take`.")


def told(draft: SignOff) -> str:
    """What a person is about to sign."""
    text = f"You sign as {draft.role.words}: {draft.meaning.words}"
    if draft.accepts:
        text += f", for {', '.join(draft.accepts)} of {draft.subject}"
    if draft.expires_at:
        text += f", until {draft.expires_at:%Y-%m-%d %H:%M} UTC"
    if draft.statement:
        text += f', saying "{draft.statement}"'
    terms = "".join(f" {one.words.rstrip('.')}." for one in kept(draft.conditions, draft.stage))
    return f"{text}.{terms} What is signed: {draft.dossier}."


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
    click.echo(told(draft))
    signed = sign_off(draft, read_key_file(key))
    target = out or file.with_suffix(".signed.json")
    written(target, canonical.to_bytes(signed.facts()))
    click.echo(f"Signed: {target}. Upload it on the page where you found the sign-off, or `glassworks work take`.")
