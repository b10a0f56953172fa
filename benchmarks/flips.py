"""`make flips`: one bit is flipped in each byte of a dossier, and the verifier is asked about every such file."""

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from glassworks.verify.dossier import verify_dossier

GOLDEN = Path(__file__).parent.parent / "tests" / "golden"
SHARES = 64


def flipped(content: bytes, places: range, seed: int) -> Iterator[bytes]:
    """The file with one bit flipped, for each place."""
    chance = random.Random(seed)
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1 << chance.randrange(8)
        yield bytes(changed)


def outcomes(content: bytes, pinned: str, share: int) -> Counter[str]:
    """What the verifier said about every 64th byte's flip, beginning at `share`."""
    places = range(share, len(content), SHARES)
    return Counter(verify_dossier(one, pinned).outcome for one in flipped(content, places, share))


def main() -> None:
    """Print, for each file, how many flips were found."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("files", nargs="*", type=Path, help="dossiers; without any, those of tests/golden")
    told.add_argument("--fingerprint", default=(GOLDEN / "office-1.fingerprint").read_text().strip())
    asked = told.parse_args()
    missed = 0
    for file in asked.files or sorted(GOLDEN.glob("*.dossier")):
        content, found = file.read_bytes(), Counter[str]()
        if verify_dossier(content, asked.fingerprint).outcome != "PASS":
            raise SystemExit(f"{file.name} does not pass as it is: name the fingerprint of its office's key.")
        with ProcessPoolExecutor(2) as pool:
            for one in pool.map(partial(outcomes, content, asked.fingerprint), range(SHARES)):
                found += one
        passed = found["PASS"] + found["consistent, signer unknown"]
        missed += passed
        print(f"{file.name}: {len(content):,} bytes, one flipped in each of {found.total():,} files; {passed} passed.")
    raise SystemExit(missed > 0)


if __name__ == "__main__":
    main()
