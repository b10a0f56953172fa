"""What comes in as a form or a file becomes a command or bytes; what goes out as a file gets a harmless name."""

import re
from collections.abc import Sequence
from typing import TypeVar

from fastapi import UploadFile
from pydantic import ValidationError
from starlette.responses import Response

from glassworks.core.errors import FixTheInput
from glassworks.core.record import Part
from glassworks.web.refusals import of_faults

P = TypeVar("P", bound=Part)
SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._ -]{0,99}")
MOST_FILES = 200
LONGEST_NAME = 120


def command(kind: type[P], **fields: object) -> P:
    """A command from a form's fields; the first field that cannot be used is named, what was typed is not repeated."""
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise of_faults(error.errors(include_input=False)) from error


def command_json(kind: type[P], text: str) -> P:
    """A command from JSON text in a form's field."""
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise of_faults(error.errors(include_input=False)) from error


def file_name(file: UploadFile) -> str:
    """The last part of an uploaded file's name, printable; it is shown and never used as a path."""
    last = re.split(r"[/\\]", file.filename or "")[-1]
    return "".join(c for c in last if c.isprintable())[:LONGEST_NAME] or "file"


def model_files(files: Sequence[UploadFile]) -> dict[str, bytes]:
    """A model's files by name. A name may have folders; it never leads out of its own."""
    if len(files) > MOST_FILES:
        raise FixTheInput(f"A model has at most {MOST_FILES} files.", "", "Bring fewer.", field="files")
    found: dict[str, bytes] = {}
    for file in files:
        name = file.filename or ""
        plain = all(SEGMENT.fullmatch(one) and ".." not in one for one in name.split("/"))
        if not plain or len(name) > LONGEST_NAME or name in found:
            raise FixTheInput(
                "A file's name cannot be used, or stands twice.",
                "It is made of letters, digits, dots, dashes and underscores, in folders or not.",
                "Rename it and bring it again.",
                field="files",
            )
        found[name] = file.file.read()
    return found


def attachment(content: bytes, name: str, kind: str) -> Response:
    """A file to save, never to show."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{plain}"'})
