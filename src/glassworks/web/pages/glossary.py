"""The words of Glassworks and what each means: the glossary page and GLOSSARY.md are made from these."""

from typing import NamedTuple


class Term(NamedTuple):
    """One word, its anchor on the glossary page, and its meaning in plain words."""

    slug: str
    word: str
    meaning: str


MEANINGS = {
    "abstention": (
        "The server does not answer for a row outside the validated domain; it hands it to a person and records it."
    ),
    "brief": "The draft of a KPI contract. Every save is a new version.",
    "bill of materials": (
        "What a validated model is made of: its files, data and packages, with its figures; in CycloneDX, a form that "
        "other tools read."
    ),
    "candidate": "A model proposed.",
    "canvas": (
        "Eight pages on which a team writes the brief together, from the people to the plan; kept while they type."
    ),
    "challenger": (
        "A plain model that the office fits itself on the same open rows; what it would earn stands beside a candidate."
    ),
    "check": "A question with an answer computed from evidence.",
    "condition": (
        "What an approval is given under, in the signer's words; in a known form the prediction server keeps it, "
        "otherwise people do."
    ),
    "data contract": (
        "What a row must look like to be scored: columns, ranges, levels, and the domain expert's decisions about them."
    ),
    "dossier": "Everything a gate saw, in one file that an outsider can verify without this server.",
    "environment lock": (
        "The versions of Python and packages with which the office recomputed a model; the permit is bound to it."
    ),
    "estimate": "A value with its interval, number of cases and method. A bare number is never gated on.",
    "exception": (
        "A waiver of one check, signed by the key of a second person who made no part of the work; it expires, also at "
        "run time."
    ),
    "fairness": (
        "How evenly a decision treats groups of people. The brief names one definition, beforehand, that is gated; "
        "all others are reported."
    ),
    "own evidence": (
        "A check, a table or a challenger that a validator brings beside the office's suite; what was asked stays on "
        "record."
    ),
    "finding": "A deficiency a validator raises, with severity, owner, due date and closure.",
    "fingerprint": "A short text computed from content; it changes when any byte changes.",
    "gate": "The rule that says open or closed from results, signatures and policy, with reasons.",
    "governance office": "Keeps policies, keys and journal; led by the factory champion.",
    "guardrail ladder": (
        "What a monitor may do, from mild to strict: log, alert, tighten, throttle, fall back, roll back, stop."
    ),
    "inconclusive": "Not enough data to decide. It is an answer, not an error.",
    "journal": "The append-only, hash-chained record of every act.",
    "KPI": "The business figure that is promised, with unit, baseline, target and horizon.",
    "KPI contract": "The signed brief. The same object is the gate before go-live and the monitor after it.",
    "KPI tree": "How the KPI follows, figure by figure with units, from what the model does.",
    "line of business": (
        "The part of the firm that owns a use case; free in algorithm and framework, bound by the office's policy."
    ),
    "line stop": "Anyone may stop a use case, a release or a line. Releasing it takes a signature.",
    "judgment": (
        "What a validator writes beside the figures: conceptual soundness, assumptions, limitations; signed with the "
        "approval."
    ),
    "look": (
        "One opening of the sealed hold-out by one candidate, counted before any score is returned; each look "
        "makes the next one stricter."
    ),
    "model card": (
        "What a validated model is for, what was measured and what is known to be weak; its head is data that model "
        "hubs read."
    ),
    "permit": (
        "The signed right of one release to run in one environment, for one purpose, inside the validated domain, "
        "until a date."
    ),
    "playback": "A day on which the team shows its work to those it is for, and writes down what came of it.",
    "policy pack": "Dated, versioned rules as data. A line's pack may only tighten the office's.",
    "re-approval": (
        "Gate 4 for the successor of a release: what changed decides who signs again; other approvals are carried."
    ),
    "re-validation": (
        "A release is to be validated again, because something changed since it was approved. It opens by itself; "
        "nothing stops by itself."
    ),
    "release": "A model approved: exactly these bytes, for this purpose.",
    "result": "A check's answer: verdict, one sentence, estimates, examples.",
    "risk tier": "Low, medium or high. It decides depth, documents and signers.",
    "sealed hold-out": "Rows that only the office's scorer opens. Builders never read them.",
    "sign-off": "A person in a role signs the fingerprint of a dossier with a key.",
    "use case": "The unit of work on the line, owned by one line of business.",
    "verdict": "Pass, fail, inconclusive, excepted (a live exception covers it), or not applicable.",
}

TERMS = tuple(Term(word.lower().replace(" ", "-"), word, meaning) for word, meaning in MEANINGS.items())
