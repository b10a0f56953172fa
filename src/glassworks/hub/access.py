"""Who may ask for what: one table of acts and roles, and two pure questions over it."""

from glassworks.core.counter import GRANTERS, RELEASERS
from glassworks.core.errors import NotAllowed, NotFound
from glassworks.core.people import Actor, Role

EVERYBODY = tuple(Role)
BUILDERS = (Role.BUSINESS_OWNER, Role.DOMAIN_EXPERT, Role.DATA_SCIENTIST)

ACTS: dict[str, tuple[Role, ...]] = {
    "view": EVERYBODY,
    "open use case": (*BUILDERS, Role.CHAMPION),
    "edit brief": BUILDERS,
    "add data": (Role.DATA_SCIENTIST, Role.DOMAIN_EXPERT),
    "decide columns": (Role.DOMAIN_EXPERT,),
    "read training rows": (Role.DATA_SCIENTIST,),
    "build candidates": (Role.DATA_SCIENTIST,),
    "submit model": (Role.DATA_SCIENTIST,),
    "validate": (Role.VALIDATOR,),
    "add own evidence": (Role.VALIDATOR,),
    "ask question": (Role.VALIDATOR,),
    "answer question": (Role.DATA_SCIENTIST,),
    "validate again": (Role.DATA_SCIENTIST, Role.VALIDATOR),
    "raise finding": (Role.VALIDATOR,),
    "close finding": (Role.VALIDATOR,),
    "ask exception": (Role.BUSINESS_OWNER, Role.DATA_SCIENTIST),
    "grant exception": GRANTERS,
    "score": (Role.BUSINESS_OWNER, Role.OPERATOR, Role.DATA_SCIENTIST),
    "report outcomes": (Role.OPERATOR, Role.DATA_SCIENTIST),
    "monitor": (Role.OPERATOR,),
    "retire": (Role.OPERATOR, Role.BUSINESS_OWNER),
    "stop": EVERYBODY,
    "release stop": RELEASERS,
    "sign": EVERYBODY,
    "make token": EVERYBODY,
    "invite": (Role.CHAMPION,),
    "administer": (Role.CHAMPION,),
}
"""Every act a person can ask for, and the roles that may. Whether the state allows it is the gate's question."""


def may(who: Actor, act: str, line: str = "") -> bool:
    """Whether this person may ask for this act in this line."""
    return who.sees(line) and any(role in ACTS[act] for role in who.roles)


def check_may(who: Actor, act: str, line: str = "") -> None:
    """Refuse, with the rule, when `may` says no; another line's things look as if they did not exist."""
    if not who.sees(line):
        raise not_here()
    if not may(who, act, line):
        roles = ", ".join(role.words for role in ACTS[act])
        raise NotAllowed(
            f"You may not {act}.",
            f"Rule act-by-role: this takes one of: {roles}.",
            "Ask a person in that role.",
            rule="act-by-role",
        )


def not_here() -> NotFound:
    """The one answer for what does not exist and for what is another line's."""
    return NotFound("There is no such thing here.", "", "Check the address, or ask the governance office for access.")
