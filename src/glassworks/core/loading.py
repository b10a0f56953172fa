"""How a part is loaded by its name when it is asked for; imports nothing, so that starting costs nothing."""

import importlib
from typing import Any


def part(path: str) -> Any:
    """A part named as `package.module:attribute`, imported when it is asked for and not before.

    Examples
    --------
    >>> part("math:pi")
    3.141592653589793
    """
    module, _, attribute = path.partition(":")
    return getattr(importlib.import_module(module), attribute)
