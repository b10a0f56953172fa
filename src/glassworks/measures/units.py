"""Units of figures and of the formulas between them: a small algebra that finds what cannot be added or equated."""

import ast
import re
from collections.abc import Mapping

from glassworks.core.errors import FixTheInput

Unit = Mapping[str, int]
"""Powers of base units: `EUR / customer` is {EUR: 1, customer: -1}; a plain number is {}."""

PLAIN: Unit = {}
NO_UNIT = ("", "1", "%", "share", "rate", "ratio", "probability", "number", "count")
SAME = {"€": "EUR", "$": "USD", "£": "GBP", "euro": "EUR", "dollar": "USD"}
LONGEST = 400
WORD = re.compile(r"\s*([^\W\d]\w*|[€$£%]|1)\s*(?:\^\s*(-?\d))?\s*")
FUNCTIONS = ("min", "max")
STEPS = (ast.Expression, ast.BinOp, ast.UnaryOp, ast.USub, ast.Call, ast.Name, ast.Load, ast.Constant)
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div)


def unit_of(text: str) -> Unit:
    """The unit that a text writes with `*`, `/`, `^` and `per`; a plural is its singular.

    Examples
    --------
    >>> unit_of("EUR per customers") == unit_of("€ / customer")
    True
    >>> unit_of("customer / customer") == unit_of("share")
    True

    Raises
    ------
    FixTheInput : it is not written so; two words stand side by side, for instance.
    """
    if text.strip().casefold() in NO_UNIT:
        return PLAIN
    parts = re.split(r"([*·/])", re.sub(r"\bper\b", "/", text))
    found: dict[str, int] = {}
    for place in range(0, len(parts), 2):
        word = WORD.fullmatch(parts[place])
        if not word:
            raise FixTheInput(
                f"The unit {text!r} cannot be read.",
                "A unit is made of words with * and / between them.",
                "Write for example `EUR / customer` or `customer / quarter`.",
                field="unit",
            )
        sign = -1 if place and parts[place - 1] == "/" else 1
        name = _singular(word[1])
        if name.casefold() not in NO_UNIT:
            found[name] = found.get(name, 0) + sign * int(word[2] or 1)
    return {name: power for name, power in found.items() if power}


def _singular(word: str) -> str:
    if word in SAME or word.casefold() in SAME:
        return SAME.get(word) or SAME[word.casefold()]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def written(unit: Unit) -> str:
    """A unit in one line, such as `EUR / customer`; `a plain number` when it has none."""
    over = [_power(name, power) for name, power in unit.items() if power > 0]
    under = [_power(name, -power) for name, power in unit.items() if power < 0]
    if not over and not under:
        return "a plain number"
    return " / ".join([" * ".join(over) or "1", *under])


def _power(name: str, power: int) -> str:
    return name if power == 1 else f"{name}^{power}"


def names_in(formula: str) -> tuple[str, ...]:
    """The figures that a formula is made of, in their order.

    Raises
    ------
    FixTheInput : the formula is not made of names, numbers, + - * / ( ) min and max.
    """
    tree = _parsed(formula)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = (node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called)
    return tuple(dict.fromkeys(found))


def unit_of_formula(formula: str, units: Mapping[str, Unit]) -> Unit:
    """The unit of a formula's result.

    Parameters
    ----------
    units : the unit of every figure that the formula names.

    Raises
    ------
    FixTheInput : it cannot be read, names a figure without a unit, or adds what has different units.
    """
    return _unit(_parsed(formula).body, units)


def _parsed(formula: str) -> ast.Expression:
    try:
        if len(formula) > LONGEST:
            raise ValueError
        tree = ast.parse(formula.strip(), mode="eval")
        if not all(_allowed(node) for node in ast.walk(tree)):
            raise ValueError
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FixTheInput(
            f"The formula {formula[:60]!r} cannot be read.",
            f"It is made of names, numbers, + - * / ( ) min and max, in at most {LONGEST} characters.",
            "Write for example `reached * worth - calls * cost`.",
            field="formula",
        ) from error
    return tree


def _allowed(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int | float) and not isinstance(node.value, bool)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS and bool(node.args) and not node.keywords
    return isinstance(node, STEPS + OPERATORS)


def _unit(node: ast.expr, units: Mapping[str, Unit]) -> Unit:
    if isinstance(node, ast.Constant):
        return PLAIN
    if isinstance(node, ast.Name):
        if node.id not in units:
            raise FixTheInput(f"The formula names {node.id}, which is no figure.", field="formula")
        return units[node.id]
    if isinstance(node, ast.UnaryOp):
        return _unit(node.operand, units)
    if isinstance(node, ast.Call):
        return _same([_unit(one, units) for one in node.args], "compared with")
    assert isinstance(node, ast.BinOp)
    left, right = _unit(node.left, units), _unit(node.right, units)
    if isinstance(node.op, ast.Add | ast.Sub):
        return _same([left, right], "added to" if isinstance(node.op, ast.Add) else "subtracted with")
    sign = 1 if isinstance(node.op, ast.Mult) else -1
    product = {name: left.get(name, 0) + sign * right.get(name, 0) for name in dict.fromkeys((*left, *right))}
    return {name: power for name, power in product.items() if power}


def _same(units: list[Unit], what: str) -> Unit:
    for one in units[1:]:
        if dict(one) != dict(units[0]):
            raise FixTheInput(f"{written(units[0])} is {what} {written(one)}.", field="formula")
    return units[0]
