"""What the guided canvas shows: the newest brief with everything typed since laid over it, and what is marked in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fastapi import Request

from glassworks.core.contract import Brief, Task
from glassworks.core.defaulted import NOTHING, at, covers, says, settled
from glassworks.line import canvas
from glassworks.line.parts import Parts
from glassworks.stages.scope import steps
from glassworks.stages.scope.defaults import default_brief
from glassworks.store.drafts import Draft
from glassworks.web.access import Who
from glassworks.web.pages import standing
from glassworks.web.pages.brief_form import brief_of
from glassworks.web.pages.rendering import number
from glassworks.web.pages.standing import Standing

CONFIRMED = "confirmed."
LONGEST = 140
CHOICES = {"task": {"binary": "yes or no", "multiclass": "one of several", "regression": "a number"}}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six")


@dataclass(frozen=True)
class Board:
    """A use case, its newest brief (`base`), and what was typed since; `brief` is None while an entry is wrong."""

    now: Standing
    base: Brief
    drafts: dict[str, Draft]
    brief: Brief | None
    typed: dict[str, Any]
    errors: dict[str, str]

    @property
    def version(self) -> int:
        """The version of the newest brief; 0 when there is none."""
        return self.base.version if self.now.briefs else 0

    @property
    def read(self) -> str:
        """Which saves of which steps this shows, for compare-and-set."""
        return " ".join(f"{slug}:{one.version}" for slug, one in sorted(self.drafts.items()))

    @cached_property
    def marked(self) -> tuple[str, ...]:
        """What the factory filled in and nobody has changed or confirmed."""
        if self.brief is not None:
            return self.brief.defaulted
        agreed = confirmed(self.drafts.values())
        return tuple(path for path in self.base.defaulted if not any(covers(one, path) for one in agreed))

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """What the policy asks for at the tier that is chosen now."""
        return canvas.asked(self.now.parts, self.now.case, self.brief or self.base)

    def rail(self) -> list[dict[str, Any]]:
        """Each step with its progress and its faults."""
        faulty = {steps.step_of(path).slug for path in self.errors}
        made = []
        for one in steps.STEPS:
            done, all_ = steps.progress(one, self.typed, self.marked)
            made.append({"step": one, "done": done, "all": all_, "faulty": one.slug in faulty})
        return made

    def faults(self, step: steps.Step) -> dict[str, str]:
        """What is wrong with entries of one step, by dotted path."""
        return {path: said for path, said in self.errors.items() if steps.step_of(path) is step}

    def filled_in(self, step: steps.Step) -> list[tuple[str, str]]:
        """What waits to be confirmed in one step: its path, and what stands there in short."""
        return [(path, in_short(self.typed, path)) for path in self.marked if steps.step_of(path) is step]

    def wanted(self) -> list[tuple[str, str, str]]:
        """What the tier asks for and nobody has answered for: path, what stands there, and `missing` or `filled`."""
        if self.brief is None:
            return []
        found = []
        for path in self.asked:
            if not says(self.brief, path):
                found.append((path, "", "missing"))
                continue
            own = [one for one in self.marked if covers(path, one) or covers(one, path)]
            found += [(one, in_short(self.typed, one), "filled") for one in own]
        return list(dict.fromkeys(found))

    def marks(self, name: str) -> dict[str, bool]:
        """Whether the entry of a name was filled in by the factory, and whether the tier asks for it."""
        whole = "value"  # one entry of it is enough
        return {
            "filled": bool(in_short(self.typed, name)) and any(covers(path, name) for path in self.marked),
            "asked": any(covers(path, name) for path in self.asked if path != whole or name == whole),
        }

    def tier_says(self) -> str:
        """The risk tier that the answers give, and why, in a sentence."""
        if self.brief is None:
            return "The tier is derived once the entries that need another look are mended."
        found = canvas.tier(self.now.parts, self.now.case, self.brief)
        why = f", because {' and '.join(found.because)}" if found.because else ""
        left = len(found.open)
        count = NUMBERS[left] if left < len(NUMBERS) else str(left)
        more = f" {count.capitalize()} of the answers {'is' if left == 1 else 'are'} still open." if left else ""
        tiers = list(type(found.tier))
        lower = tiers.index(self.brief.tier) < tiers.index(found.tier)
        tail = " Chosen is a lower one: say why below; it is signed." if lower else ""
        return f"By the answers the tier is {found.tier.value}{why}.{more}{tail}"


def confirmed(drafts: Any) -> list[str]:
    """The paths that people confirmed as they are."""
    return [value for one in drafts for name, value in one.typed.items() if name.startswith(CONFIRMED) and value]


def of(request: Request, parts: Parts, who: Who, case_id: str, agreed: tuple[str, ...] = ()) -> Board:
    """The board of a use case; `agreed` are paths confirmed in this very request."""
    now = standing.of(request, parts, who, case_id)
    drafts = canvas.drafts(parts, who, case_id)
    base = now.briefs[-1] if now.briefs else default_brief(now.case, Task.BINARY, parts.now())
    brief, typed, errors = laid(drafts, base)
    if brief is not None:
        brief = settled(base if now.briefs else None, brief, [*confirmed(drafts.values()), *agreed])
    return Board(now, base, drafts, brief, typed, errors)


def laid(drafts: Mapping[str, Draft], base: Brief) -> tuple[Brief | None, dict[str, Any], dict[str, str]]:
    """Everything typed in the canvas over a brief, as `brief_of` gives it."""
    return brief_of(
        [pair for one in steps.STEPS if one.slug in drafts for pair in drafts[one.slug].typed.items()], base
    )


def in_short(typed: Any, path: str) -> str:
    """What stands at a path, short enough for one line; empty where nothing does."""
    value = at(typed, path)
    if value is NOTHING or value in (None, "", [], {}):
        return ""
    if isinstance(value, dict) and {"low", "mode", "high"} <= value.keys():
        low, mode, high = (number(value[edge]) for edge in ("low", "mode", "high"))
        return f"{mode} {value.get('unit', '')}".strip() + (f", between {low} and {high}" if low != high else "")
    if isinstance(value, dict):
        value = [one for one in value.values() if isinstance(one, str | int | float) and one not in ("", False)]
    if isinstance(value, list):
        return _cut("; ".join(_first(one) for one in value))
    return _cut(number(CHOICES.get(path, {}).get(value, value)).replace("_", " "))


def _first(item: Any) -> str:
    """The first entry of a row stands for the row."""
    return number(next(iter(item.values()), "")) if isinstance(item, dict) else number(item)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}\u2026"
