"""Drafts of the canvas: what people typed, part by part, saved by compare-and-set; not journalled, gone once used."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert, select, update

from glassworks.core.ports import Clock
from glassworks.core.record import Moment
from glassworks.store.database import reading, writing
from glassworks.store.tables import drafts


@dataclass(frozen=True)
class Draft:
    """What was typed into one part of the canvas: form fields by name; `version` counts its saves."""

    part: str
    version: int
    typed: dict[str, str]
    saved_by: str
    saved_at: Moment


class Drafts:
    """The drafts of every use case."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def of(self, use_case: str) -> dict[str, Draft]:
        """The drafts of a use case by part."""
        query = select(drafts).where(drafts.c.use_case == use_case)
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
        return {row["part"]: Draft(**{name: row[name] for name in row if name != "use_case"}) for row in rows}

    def save(
        self, use_case: str, part: str, expected_version: int, typed: Mapping[str, str], saved_by: str
    ) -> Draft | None:
        """Keep what was typed, if the part is still at the expected version (0: nothing kept yet); else None.

        Nothing is written when somebody else saved in between: `of` then shows what they typed.
        """
        now, version = self._clock.now(), expected_version + 1
        values = {"version": version, "typed": dict(typed), "saved_by": saved_by, "saved_at": now}
        at = (drafts.c.use_case == use_case, drafts.c.part == part)
        with writing(self._engine, in_turn=True) as connection:
            if (connection.scalar(select(drafts.c.version).where(*at)) or 0) != expected_version:
                return None
            if expected_version == 0:
                connection.execute(insert(drafts).values(use_case=use_case, part=part, **values))
            else:
                connection.execute(update(drafts).where(*at).values(values))
        return Draft(part, version, dict(typed), saved_by, now)

    def clear(self, use_case: str, read: Mapping[str, int]) -> None:
        """Forget drafts that became a version of the brief or were thrown away, each at the version that was read.

        What somebody saved since stays.
        """
        with writing(self._engine) as connection:
            for part, version in read.items():
                at = (drafts.c.use_case == use_case, drafts.c.part == part, drafts.c.version == version)
                connection.execute(delete(drafts).where(*at))
