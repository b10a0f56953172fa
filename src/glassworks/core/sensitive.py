"""Which column names speak of a person's protected traits: a list of words, so that everyone looks for the same."""

import re

# fmt: off
WORDS = frozenset([
    "age", "ages", "sex", "gender", "race", "races", "racial", "ethnic", "ethnicity", "marital", "married",
    "religion", "religious", "nationality", "nacionality", "citizen", "citizenship", "senior", "foreign",
    "native", "disability", "disabled", "pregnant", "pregnancy", "birth", "birthday", "birthdate", "dob",
    "veteran", "orientation", "skin", "caste", "tribe",
])
# fmt: on


def words(name: str) -> tuple[str, ...]:
    """The words of a column's name in lower case: cut at capitals, digits and signs.

    Examples
    --------
    >>> words("SeniorCitizen"), words("personal_status_sex"), words("AGE")
    (('senior', 'citizen'), ('personal', 'status', 'sex'), ('age',))
    """
    return tuple(word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name))


def is_sensitive(name: str) -> bool:
    """Whether a column's name says that it holds a protected trait. A name can be silent: this finds, never clears."""
    return not WORDS.isdisjoint(words(name))
