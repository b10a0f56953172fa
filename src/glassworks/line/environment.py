"""The environment lock of a release, beside what is installed on this machine."""

from glassworks.core import canonical
from glassworks.core.lock import differing, why_not_load
from glassworks.core.package import Package
from glassworks.core.usecase import Release
from glassworks.frameworks.lock import installed
from glassworks.line.parts import Parts


def differs(parts: Parts, release: Release) -> list[str]:
    """What is installed here otherwise than when the office recomputed the model, a sentence each; empty: nothing."""
    lock = Package.model_validate(canonical.parse_strict(parts.vault.get(release.package))).lock
    if lock is None:
        return []
    here = installed(lock.packages)
    why = why_not_load(lock, here)
    refused = [f"It does not run here: {why}."] if why else []
    return [*refused, *differing(lock, here)]
