"""Has a person written or confirmed everything that the risk tier asks for?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.defaulted import is_defaulted, says
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage

MOST_NAMED = 4


@check(
    "asked_by_tier",
    stage=Stage.SCOPE,
    title="What the risk tier asks for",
    question="Has a person written or confirmed everything that the risk tier asks for?",
    order=6,
)
def asked_by_tier(brief: Brief, policy: PolicyPack) -> Answer:
    """Each field that the policy asks for at the tier says something, and is not what the factory filled in.

    The fields are data of the policy (`asked`); what the tier does not ask for may stay as it was filled in.
    """
    asked = policy.asked_at(brief.tier)
    missing = [path for path in asked if not says(brief, path)]
    unread = [path for path in asked if path not in missing and is_defaulted(brief, path)]
    if missing or unread:
        parts = [f"{_some(missing)} {'is' if len(missing) == 1 else 'are'} missing"] if missing else []
        parts += [f"nobody has confirmed {_some(unread)}, which the factory filled in"] if unread else []
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"Tier {brief.tier} asks for {len(asked)} fields: {', and '.join(parts)}.",
            examples=tuple(missing + unread)[:20],
            next_step="Write them on the page of the brief or in its file; to confirm what was filled in, take its "
            "path out of `defaulted`.",
        )
    left = len(brief.defaulted)
    more = f"; {left} other {'field is' if left == 1 else 'fields are'} as the factory filled in" if left else ""
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"All {len(asked)} fields that tier {brief.tier} asks for are written by people{more}.",
        examples=brief.defaulted[:20],
    )


def _some(paths: list[str]) -> str:
    more = len(paths) - MOST_NAMED
    return ", ".join(paths[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
