"""`python -m glassworks.verify FILE [--fingerprint HEX]`: verify a dossier with no server and no account."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from glassworks.verify.dossier import EXIT_CODES, verify_dossier


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was found, one sentence a line; the answer is the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m glassworks.verify",
        description="Verify a dossier file, offline.",
        epilog="exit codes: 0 PASS, 1 FAIL, 2 unreadable, 3 consistent but the signer is unknown",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--fingerprint", metavar="HEX", help="of the office's key, received on another way")
    asked = parser.parse_args(arguments)
    try:
        content = asked.file.read_bytes()
    except OSError as error:
        sys.stderr.write(f"{asked.file} cannot be opened: {error.strerror}.\n")
        return EXIT_CODES["unreadable"]
    found = verify_dossier(content, asked.fingerprint)
    sys.stdout.write("\n".join(found.lines) + "\n")
    return found.exit_code


if __name__ == "__main__":
    sys.exit(main())
