"""Write the golden files of a format, once, when the format is new: `python tests/golden/make_golden.py`.

A golden file is never written anew: the verifier of every later release must still say of it what it said on the day
it was made. For a new format add a new file beside the old ones.
"""

import importlib.util
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def papers() -> Any:
    """The module `tests/fakes/papers.py`."""
    spec = importlib.util.spec_from_file_location("papers", HERE.parent / "fakes" / "papers.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def golden_files() -> dict[str, bytes]:
    """The golden files by name: dossiers that are approved, by invented people, with an exception, with
    approvals that are carried from an earlier candidate; the fingerprint.

    `excepted-1` was written by the last version whose exceptions had no signature; no later one can write it.
    """
    made = papers()
    invented = made.key_list(*(made.key(name, persona=True) for name in made.PEOPLE))
    first = {"format": "glassworks-dossier/1"}
    demonstration = made.dossier(
        made.body(demonstration=True, environment="demo", **first), keys=invented, signing={"method": "demonstration"}
    )
    failed = {"results": (made.result("performance"), made.result("kpi", made.Verdict.FAIL))}
    return {
        "approved-1.dossier": made.dossier(made.body(**first)).content(),
        "demonstration-1.dossier": demonstration.content(),
        "approved-2.dossier": made.dossier().content(),
        "excepted-2.dossier": made.dossier(made.body(**failed), exceptions=(made.waiver(),)).content(),
        "carried-2.dossier": made.carried_dossier().content(),
        "office-1.fingerprint": f"{made.OFFICE.fingerprint}\n".encode(),
    }


def main() -> None:
    """Write what is not there yet."""
    for name, content in golden_files().items():
        path = HERE / name
        if path.exists():
            sys.stdout.write(f"{name} is there already and stays as it is.\n")
            continue
        path.write_bytes(content)
        sys.stdout.write(f"{name} written.\n")


if __name__ == "__main__":
    main()
