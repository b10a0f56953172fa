"""`make bench`: start-up, the demonstration, pages, predictions, what-ifs, and the size of the installation."""

import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import documents, pages, predictions, whatif
from benchmarks.timing import Timed, command


def start_up() -> list[Timed]:
    """What a newcomer's first commands cost, beside Python's own start and a common import."""
    return [
        command("python -c pass", ["-c", "pass"], 9),
        command("import glassworks", ["-c", "import glassworks"], 9),
        command("glassworks --help", ["-m", "glassworks.cli", "--help"], 9),
        command("import sklearn.linear_model (for comparison)", ["-c", "import sklearn.linear_model"], 5),
    ]


def demonstration(home: Path) -> Timed:
    """The demonstration without serving, each time in a fresh home."""
    return command(
        "glassworks demo --no-serve --fresh",
        ["-m", "glassworks.cli", "demo", "--no-serve", "--fresh", "--json"],
        3,
        GLASSWORKS_HOME=str(home),
    )


def installed() -> str:
    """Size and number of the base installation's packages, in an environment of their own."""
    with tempfile.TemporaryDirectory() as place:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
        python = Path(place) / "bin" / "python"
        uv = Path(sys.executable).parent / "uv"
        base = Path("requirements.lock").read_text().splitlines()
        wanted = [line for line in base if not line.startswith(("psycopg", "#"))]
        subprocess.run([uv, "pip", "install", "-q", "--python", python, *wanted], check=True)
        size = subprocess.run(["du", "-sm", place], capture_output=True, text=True, check=True).stdout.split()[0]
        packages = len(list(Path(place).glob("lib/python*/site-packages/*.dist-info")))
    return f"Installed base (without PostgreSQL's driver): {size} MB, {packages} packages."


def main() -> None:
    """Print every table as Markdown, ready for docs/measurements.md."""
    print(f"Machine: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}.\n")
    print("| what | median s | min s | max s | runs |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "home"
        futures = whatif.measured()
        timed = [*start_up(), demonstration(home), *documents.measured(home), *futures, *whatif.answered(home)]
        for one in timed:
            print(one.says(), flush=True)
        print(f"\n{pages.measured(home)}", flush=True)
        print(f"\n{predictions.measured(home)}")
        print(f"\n{whatif.ratio(futures)}")
    print(f"\n{installed()}")


main()
