"""YAML as plain data and back, read strictly: no aliases, no tags, no key twice, and text that looks like text."""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import yaml

from glassworks.core.errors import FixTheInput, TooLarge

LARGEST = 300_000
"""Bytes of a file that are read; a brief with a thousand features is smaller."""


@dataclass(frozen=True)
class Sort:
    """What is read, in the words of its refusals: its name, what belongs elsewhere, how it begins."""

    name: str
    elsewhere: str
    begin: str


BRIEF = Sort(
    "brief",
    "Bring data with `glassworks work data`, and only the brief here.",
    "Begin with `title: ...`; `glassworks work scope --schema` lists every field.",
)
PACK = Sort("policy pack", "Bring the rules alone.", "Begin it with `extends: office`.")

NO_TEXT = re.compile("[\\ud800-\\udfff]")
"""Halves of characters, which an escape can name and no text holds."""

PLAIN = {
    "tag:yaml.org,2002:null": (r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    "tag:yaml.org,2002:bool": (r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    "tag:yaml.org,2002:int": (r"^[-+]?[0-9]+$", list("-+0123456789")),
    "tag:yaml.org,2002:float": (
        r"^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$",
        list("-+.0123456789"),
    ),
}
"""What is no text without quotes (the core schema of YAML 1.2): so `yes`, dates and `12:30` are text."""


class _Refused(yaml.MarkedYAMLError):
    """Something that YAML allows and these files do not."""


class _Reader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        """A node without anchor, alias or tag."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _Refused(problem="anchors and aliases (& and *) are not taken", problem_mark=event.start_mark)
        if NO_TEXT.search(getattr(event, "value", None) or ""):
            raise _Refused(problem="a character that is no text", problem_mark=event.start_mark)
        if getattr(event, "tag", None) is not None:
            raise _Refused(problem="tags (!) are not taken", problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        """Fields by name; a name is a word, and stands once."""
        found: dict[Hashable, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _Refused(problem="a field's name must be a word", problem_mark=key.start_mark)
            if key.value in found:
                raise _Refused(problem=f"the field {key.value[:60]} stands twice", problem_mark=key.start_mark)
            found[key.value] = self.construct_object(value, deep=True)
        return found


class _Writer(yaml.SafeDumper):
    """Quotes what this reader, or one of older YAML, would take for something else than text."""

    def ignore_aliases(self, data: Any) -> bool:
        """Everything is written out where it stands."""
        return True


def _text(writer: _Writer, text: str) -> Any:
    """Text; between double quotes when it holds a character that would not come back as it is."""
    odd = any(not (c.isprintable() or c == "\n") for c in text)
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style='"' if odd else None)


_Writer.add_representer(str, _text)


def _number(reader: Any, node: Any) -> int | float:
    return int(node.value) if node.tag.endswith(":int") else float(node.value)


for _tag, (_form, _first) in PLAIN.items():
    _Reader.add_implicit_resolver(_tag, re.compile(_form), _first)
    _Writer.add_implicit_resolver(_tag, re.compile(_form), _first)
for _tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float"):
    _Reader.add_constructor(_tag, _number)


def read(content: bytes | str, sort: Sort = BRIEF) -> dict[str, Any]:
    """The fields that a YAML file names.

    Raises
    ------
    TooLarge : the file is larger than any brief or pack.
    FixTheInput : it is no YAML, uses what is not taken here, or names no fields; the line is named.
    """
    if len(content) > LARGEST:
        raise TooLarge(
            f"The {sort.name}'s file is larger than {LARGEST // 1000} kilobytes.",
            f"A {sort.name} is text that people read; no file of data belongs here.",
            sort.elsewhere,
        )
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        fields = yaml.load(text, Loader=_Reader)  # noqa: S506 - a SafeLoader that takes less
    except UnicodeDecodeError as error:
        raise FixTheInput(f"The {sort.name}'s file is not text in UTF-8.", "", "Save it as UTF-8.") from error
    except yaml.MarkedYAMLError as error:
        raise _told(error, text, sort) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise FixTheInput(
            f"The {sort.name}'s file is not YAML.",
            "It holds a character or number that cannot be read, or is nested too deeply.",
            "Mend the file.",
        ) from error
    if not isinstance(fields, dict):
        raise FixTheInput(
            f"The {sort.name}'s file names no fields.",
            f"It must hold the fields of a {sort.name}, one below another.",
            sort.begin,
        )
    return fields


def _told(error: yaml.MarkedYAMLError, text: str, sort: Sort) -> FixTheInput:
    line = error.problem_mark.line + 1 if error.problem_mark else 0
    where = f"line {line}" if line else "the file"
    if isinstance(error, _Refused):
        why = f"In {where}: {error.problem}."
        return FixTheInput(f"The {sort.name}'s file cannot be taken.", why, "Write it out plainly.", field=where)
    lines, no_yaml = text.splitlines(), f"The {sort.name}'s file is not YAML."
    if line and line <= len(lines) and "\t" in re.split(r"[^\s-]", lines[line - 1], maxsplit=1)[0]:
        return FixTheInput(
            no_yaml,
            f"In {where}: a tab.",
            "Indent with spaces, never with tabs.",
            field=where,
        )
    return FixTheInput(
        no_yaml,
        f"In {where}: {error.problem or 'it ends too soon'}.",
        "Mend it.",
        field=where,
    )


def write(fields: dict[str, Any]) -> str:
    """The same fields as YAML, in their order; `read` gives back exactly these."""
    return str(yaml.dump(fields, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=110))
