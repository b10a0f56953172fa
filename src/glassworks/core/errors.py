"""Every error a person can meet, drawn as a tree by who must act.

GlassworksError
  FixTheInput        the caller: something typed, uploaded or sent is wrong          (422)
    NotFound         the caller: there is no such thing, or not for this person      (404)
    TooLarge         the caller: more was sent than is taken                         (413)
  NotAllowed         another person must act: the rule is named                      (403)
    NotSignedIn      the caller: sign in first                                       (401)
    TooMany          the caller: wait, then try again                                (429)
  GateClosed         the team: the gate says what would open it                      (409)
  Conflict           the caller: someone else was first; read again, then decide     (409)
  PermitRefused      the office: no valid permit for these bytes here and now        (403)
  Broken             us: evidence is altered or a part failed                        (500)
"""

from collections.abc import Sequence


class GlassworksError(Exception):
    """What happened, why, and what to do next, in sentences a person can act on.

    Parameters
    ----------
    what : the fact, one sentence.
    why : the reason or rule behind it.
    next_step : what would make it work.
    rule : id of the rule that refused, when there is one.
    field : the input field concerned, when there is one.
    """

    status = 500

    def __init__(self, what: str, why: str = "", next_step: str = "", *, rule: str = "", field: str = "") -> None:
        self.what, self.why, self.next_step, self.rule, self.field = what, why, next_step, rule, field
        super().__init__(" ".join(part for part in (what, why, next_step) if part))

    def as_dict(self) -> dict[str, str]:
        """The error as data, for APIs and journals; empty parts are left out."""
        parts = {
            "error": type(self).__name__,
            "what": self.what,
            "why": self.why,
            "next": self.next_step,
            "rule": self.rule,
            "field": self.field,
        }
        return {name: text for name, text in parts.items() if text}


class FixTheInput(GlassworksError):
    """Something typed, uploaded or sent cannot be used as it is."""

    status = 422


def half_a_character(_: UnicodeEncodeError) -> FixTheInput:
    """What to tell when text holds a lone surrogate: no database, file or digest takes it."""
    return FixTheInput("What was sent holds half a character.", "It is no text in UTF-8.", "Type it again.")


class NotFound(FixTheInput):
    """There is no such thing, or it is not for this person to see."""

    status = 404


class TooLarge(FixTheInput):
    """More was sent than is taken in one piece."""

    status = 413


class NotAllowed(GlassworksError):
    """The rule that refuses this person is named; another person must act."""

    status = 403


class NotSignedIn(NotAllowed):
    """Nobody is signed in, or the token is not valid."""

    status = 401


class TooMany(NotAllowed):
    """Too many tries; after a while they are taken again."""

    status = 429


class GateClosed(GlassworksError):
    """A gate is closed; `reasons` say which rule and what would open it."""

    status = 409

    def __init__(self, what: str, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(what, " ".join(self.reasons))


class Conflict(GlassworksError):
    """Someone else changed this first; nothing was written."""

    status = 409


class PermitRefused(GlassworksError):
    """There is no valid permit for these bytes, in this environment, now."""

    status = 403


class Broken(GlassworksError):
    """Evidence is altered or a part of Glassworks failed; nothing was half-done."""

    status = 500
