"""The policy packs that come with the factory: data files that say what each asks beyond the office's pack."""

from pathlib import Path

import yaml

from glassworks.core.errors import NotFound
from glassworks.core.policy import PolicyPack
from glassworks.core.tightening import Tightening

FOLDER = Path(__file__).parent / "packs"


def names() -> tuple[str, ...]:
    """What the shipped packs are called."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.yaml")))


def shipped(name: str, office: PolicyPack, line: str = "") -> PolicyPack:
    """A shipped pack laid upon the office's, for a line of business.

    Raises
    ------
    NotFound : no pack of that name is shipped.
    """
    if name not in names():
        raise NotFound(f"No policy pack {name} is shipped.", f"There are: {', '.join(names())}.", "Name one of them.")
    told = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return for_line(Tightening.model_validate(told).upon(office), line)


def for_line(pack: PolicyPack, line: str) -> PolicyPack:
    """The pack as that of a line, under a name of its own, so that each line may adopt it."""
    if not line or pack.line == line:
        return pack
    return pack.model_copy(update={"id": f"{pack.id}-{line}", "line": line})
