"""`make swaps`: another process swaps the model's bytes without pause while a release is loaded 10,000 times."""

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.timing import command
from glassworks.core.errors import PermitRefused
from glassworks.core.usecase import ModelCard
from glassworks.hub.keys import Office
from glassworks.serving.releases import Releases
from glassworks.settings import Settings
from glassworks.store import releases

SWAPPER = """
import os, sys
path, good, bad = sys.argv[1], open(sys.argv[1], "rb").read(), os.urandom(os.path.getsize(sys.argv[1]))
print("ready", flush=True)
turn = 0
while True:
    turn += 1
    content = good if turn % 2 else bad
    if turn % 3:  # a new file put in its place, or the same file written over
        with open(path + ".new", "wb") as file:
            file.write(content)
        os.replace(path + ".new", path)
    else:
        with open(path, "r+b") as file:
            file.write(content)
"""


class Host:
    """Takes down which bytes reach the place where a model is made of them."""

    def __init__(self, approved: Mapping[str, bytes], seen: Counter[str]) -> None:
        self.approved, self.seen = dict(approved), seen

    def load(self, card: ModelCard, files: Mapping[str, bytes]) -> Any:
        """Count the bytes; nothing is run."""
        self.seen["approved bytes" if dict(files) == self.approved else "OTHER BYTES"] += 1
        return self

    def scores(self, columns: Mapping[str, Any]) -> Any:
        """Never asked."""
        raise NotImplementedError

    def close(self) -> None:
        """There is no process to end."""


def main() -> None:
    """Print how many loads got which bytes, and how many were refused."""
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--loads", type=int, default=10_000)
    loads = wanted.parse_args().loads
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "home"
        command("demo", ["-m", "glassworks.cli", "demo", "--no-serve", "--json"], 1, GLASSWORKS_HOME=str(home))
        print(_campaign(home, loads))


def _campaign(home: Path, loads: int) -> str:
    settings = Settings(home=home)
    folder = home / "serving"
    release = next(one.name for one in folder.iterdir() if one.is_dir())
    content = releases.read_release(folder, release)
    digest = next(iter(content.package.files.values()))
    path = releases.stored_file(folder / release, digest)
    seen: Counter[str] = Counter()
    pinned = Office.open(settings.key_path()).fingerprint
    with subprocess.Popen([sys.executable, "-c", SWAPPER, str(path)], stdout=subprocess.PIPE) as swapper:
        assert swapper.stdout is not None
        swapper.stdout.readline()
        try:
            for _ in range(loads):
                looked = Releases(
                    folder, "demo", pinned, lambda: datetime.now(UTC), lambda: Host(content.files, seen), timedelta(0)
                )
                try:
                    looked.look(release)
                except PermitRefused as refusal:
                    seen[f"refused by {refusal.rule}"] += 1
                looked.close()
        finally:
            swapper.kill()
    told = ", ".join(f"{name}: {many:,}" for name, many in sorted(seen.items()))
    return f"{loads:,} loads while the bytes were swapped: {told}. Served other bytes: {seen['OTHER BYTES']}."


if __name__ == "__main__":
    main()
