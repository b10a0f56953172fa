"""Writes GLOSSARY.md and docs/reference/ from the code that holds the law; `--check` only says what is stale."""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from glassworks.cli.main import root as commands
from glassworks.core import registry
from glassworks.core.contract import Tier
from glassworks.core.people import Role
from glassworks.core.policy import GateRules, PolicyPack, TierRule
from glassworks.core.stage import NEXT, STAGES, STATUS_MOVES, Stage, Status
from glassworks.hub.access import ACTS, EVERYBODY
from glassworks.hub.policies import OFFICE_PACK
from glassworks.settings import PREFIX, Settings
from glassworks.stages.scope.brief_file import schema
from glassworks.web.pages.glossary import TERMS

ROOT = Path(__file__).parents[1]
REFERENCE = "docs/reference"
MADE = "<!-- Made by scripts/generate_docs.py from {source}. Change that, then run this script. -->\n"
WIDTH = 100

CODE_WORDS = {
    "room, floor": "A folder of `src/glassworks/`, and its height: a room imports only from floors below it.",
    "act": "What a person does on the line: one function in `line/`, and one entry in the journal.",
    "deed": "The pure work inside an act, in `stages/`: it computes and writes nothing.",
    "record": "One frozen class in `core/`, the same for database, API, pages and SDK.",
    "port": "What the line needs from the world, as a protocol in `core/ports.py`.",
    "evidence": "What a check sees; the names of its parameters say which parts.",
    "model host": "The process that loads and runs models, apart from everything else.",
    "persona": "An invented person of the demonstration, played by a script.",
}

SETTINGS = {
    "home": "The folder of this installation: database, vault, keys, dossiers, prediction log.",
    "database_url": "Where the ledger lives; empty means SQLite in the home. PostgreSQL: `postgresql+psycopg://...`",
    "environment": "The environment that permits must name. Invented people may sign in `demo` only.",
    "host": "Address to listen on.",
    "port": "Port to listen on; a free one is found when it is busy.",
    "root_path": "Path prefix behind a reverse proxy, such as `/glassworks`.",
    "office_key": "Where the office's private key lies; empty means `keys/office.key` in the home.",
    "office_fingerprint": "The office key's fingerprint, pinned: with another key nothing starts.",
    "allowed_hosts": "Host names that pages answer to, separated by commas; empty means this machine's own.",
    "session_hours": "How long a sign-in lasts.",
    "lease_seconds": "How long a job stays with a worker that no longer reports.",
    "upload_megabytes": "The largest file that may be brought.",
    "model_memory_megabytes": "Address space of a model's process.",
    "model_seconds": "The longest time one request to a model may take.",
    "answer_seconds": "The longest time that a prediction request waits for its model.",
    "rows_per_minute": "How many rows one token may have scored in a minute.",
    "permit_reload_seconds": "How often serving reads permits and revocations again.",
    "own_checks": "Whether validators may bring own checks: Python files that can do whatever the server's user can.",
    "secure_cookies": "Whether cookies travel over HTTPS only; set it when a proxy ends TLS.",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [list(head), ["---"] * len(head), *[[cell.replace("|", "\\|") for cell in row] for row in rows]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def page(title: str, source: str, *parts: str) -> str:
    """A page under one title."""
    return "\n".join([f"# {title}\n", MADE.format(source=source), *parts])


def listed(roles: Iterable[Role]) -> str:
    """Roles in words."""
    return ", ".join(role.words for role in roles) or "nobody"


def transitions() -> str:
    """How a use case moves."""
    forward = list(Stage)
    diagram = ["```mermaid", "stateDiagram-v2", "    [*] --> scope"]
    for source, targets in NEXT.items():
        for target in targets:
            word = "gate opens" if forward.index(target) > forward.index(source) else "rework"
            diagram.append(f"    {source.value} --> {target.value}: {word}")
    facts = [
        (stage.value, one.title, one.goes_in, one.comes_out, one.closed_by, ", ".join(t.value for t in NEXT[stage]))
        for stage, one in STAGES.items()
    ]
    moves = [(words(s), ", ".join(words(t) for t in targets) or "nowhere") for s, targets in STATUS_MOVES.items()]
    return page(
        "How a use case moves",
        "core/stage.py",
        "\n".join([*diagram, "```\n"]),
        table(("stage", "title", "goes in", "comes out", "closed by", "may move to"), facts),
        "As a whole a use case is on the line, stopped, refused or retired:\n",
        table(("from", "to"), moves),
    )


def words(status: Status) -> str:
    """A status in words."""
    return status.value.replace("_", " ")


def gates(pack: PolicyPack = OFFICE_PACK) -> str:
    """The office's pack as tables."""
    parts = [
        f"{pack.title}, version {pack.version}, in force from {pack.effective_from}. {pack.note}",
        "A line of business may adopt a stricter pack, never a looser one.\n",
    ]
    for stage, rules in pack.gates.items():
        rows = by_tier(rules)
        alone = " An approver may not have made a parent artefact." if rules.independent else ""
        parts += [
            f"## {STAGES[stage].title}\n",
            f"Closed by: {STAGES[stage].closed_by}.{alone}\n",
            table(("tier", "submits", "approves", "checks that must have an answer"), rows),
        ]
    pairs = [(a.words, b.words) for a, b in pack.conflicts]
    limits = [
        (name, f"{value:g}", pack.stricter.get(name, "nobody but the office changes it"))
        for name, value in _limits(pack)
    ]
    parts += [
        "## Roles that one person may not hold together on one subject\n",
        table(("role", "role"), pairs),
        "## Limits\n",
        table(("limit", "value", "a line may only make it"), limits),
        "## From which answers which risk tier follows\n",
        "The highest tier of which a rule holds; no rule means low. Going below it takes a reason that is signed.\n",
        table(("tier", "when", "because"), [(r.tier.value, _when(r), r.because) for r in pack.tier_rules]),
        "## What a brief must say\n",
        "What the factory filled in counts once a person confirmed it. A tier asks for what the tiers below it ask.\n",
        table(
            ("from tier", "fields"),
            [(t.value, ", ".join(f"`{f}`" for f in (pack.asked or {}).get(t, ()))) for t in Tier],
        ),
        "## Everything else\n",
        table(("rule", "value"), _rest(pack)),
    ]
    return page("The gates", "hub/policies.py", *parts)


def _when(rule: TierRule) -> str:
    return " and ".join(f"`{path}` is {' or '.join(values)}" for path, values in rule.when.items())


def by_tier(rules: GateRules) -> list[tuple[str, ...]]:
    """What a gate asks, with tiers that ask the same on one row."""
    asked: dict[tuple[str, ...], list[str]] = {}
    for tier in Tier:
        needed = ", ".join(f"`{name}`" for name in rules.checks.get(tier, ()))
        what = (listed(rules.submit), listed(rules.approve.get(tier, ())), needed)
        asked.setdefault(what, []).append(tier.value)
    return [(", ".join(tiers), *what) for what, tiers in asked.items()]


def _limits(pack: PolicyPack) -> list[tuple[str, float]]:
    return sorted(pack.limits.items())


def _rest(pack: PolicyPack) -> list[tuple[str, str]]:
    days = ", ".join(f"{tier.value} {count}" for tier, count in pack.exception_days.items())
    return [
        ("Error level of a gate, before it is divided over looks", f"{pack.alpha:g}"),
        ("Looks at one sealed hold-out, at most", str(pack.max_looks)),
        ("Error level of look k", "error level times 2 to the power of minus k"),
        ("Hours of a permit", f"{pack.permit_hours:g}"),
        ("Longest exception in days, by tier", days),
        ("Tiers at which inconclusive closes the gate", ", ".join(t.value for t in pack.inconclusive_closes)),
    ]


def checks() -> str:
    """Every check with its question."""
    parts = ["Each check is one file in `stages/<stage>/checks/`. A gate asks the ones its policy requires.\n"]
    for stage in Stage:
        required = OFFICE_PACK.gates[stage].checks
        rows = []
        for one in registry.checks(stage):
            tiers = [tier.value for tier in Tier if one.id in required.get(tier, ())]
            asked = "every tier" if len(tiers) == len(Tier) else ", ".join(tiers) or "no tier: it is reported"
            rows.append((f"`{one.id}`", one.title, one.question, ", ".join(t.value for t in one.tasks), asked))
        parts += [f"## {STAGES[stage].title}\n", table(("check", "title", "question", "models", "required at"), rows)]
    return page("The checks", "stages/*/checks/ and hub/policies.py", *parts)


def permissions() -> str:
    """Who may ask for what."""
    rows = [(act, "everybody" if roles == EVERYBODY else listed(roles)) for act, roles in ACTS.items()]
    return page(
        "Who may do what",
        "hub/access.py",
        "This table says who may ask. Whether a gate accepts a signature is the [gate's](gates.md) question.\n",
        table(("act", "roles"), rows),
    )


def meaning(name: str) -> str:
    """What a setting means; a new one must say it in `SETTINGS` above."""
    if name not in SETTINGS:
        raise click.ClickException(f"scripts/generate_docs.py does not say what the setting {name} means.")
    return SETTINGS[name]


def settings() -> str:
    """Every setting."""
    rows = [
        (
            f"`{PREFIX}{name.upper()}`",
            "(empty)" if field.default in ("", None) else f"`{field.default}`",
            meaning(name),
        )
        for name, field in Settings.model_fields.items()
    ]
    return page(
        "Settings",
        "settings.py",
        "Settings are read once from the environment, when a process starts. Policies are not settings: they are data.",
        "The CLI also reads `GLASSWORKS_LOGIN`, `GLASSWORKS_PASSWORD` and `GLASSWORKS_PASSPHRASE`, for scripts.",
        "A notebook reads `GLASSWORKS_URL` and `GLASSWORKS_TOKEN` as well.\n",
        table(("variable", "default", "meaning"), rows),
    )


def helped(command: click.Command, parent: click.Context | None, name: str) -> list[str]:
    """A command's help, then its commands'."""
    context = click.Context(command, parent=parent, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH)
    parts = [f"## {context.command_path}\n", f"```text\n{command.get_help(context)}\n```\n"]
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            parts += helped(found, context, child) if found else []
    return parts


def glossary() -> str:
    """The words."""
    told = [f"**{term.word}**: {term.meaning}\n" for term in TERMS]
    code = [f"**{word}**: {meaning}\n" for word, meaning in CODE_WORDS.items()]
    return page(
        "Glossary",
        "web/pages/glossary.py",
        "One word for one thing, in pages, documents and code alike. A name in code that is not here is a mistake.\n",
        *told,
        "## Words of the code\n",
        *code,
    )


def documents() -> dict[str, str]:
    """Every generated file by its path."""
    return {
        "GLOSSARY.md": glossary(),
        f"{REFERENCE}/transitions.md": transitions(),
        f"{REFERENCE}/gates.md": gates(),
        f"{REFERENCE}/checks.md": checks(),
        f"{REFERENCE}/commands.md": page("Commands", "cli/", *helped(commands, None, "glassworks")),
        f"{REFERENCE}/settings.md": settings(),
        f"{REFERENCE}/permissions.md": permissions(),
        f"{REFERENCE}/brief.schema.json": json.dumps(schema(), indent=2),
    }


def main(check: bool) -> int:
    """Write what is stale, or only name it; 1 when something was stale and not written."""
    stale = []
    for name, content in documents().items():
        path, content = ROOT / name, content.rstrip() + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            stale.append(name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, encoding="utf-8")
    for name in stale:
        click.echo(f"stale: {name}" if check else f"written: {name}")
    return 1 if stale and check else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
