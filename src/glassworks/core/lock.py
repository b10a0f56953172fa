"""The environment lock: the exact versions of Python and of the packages with which a model was recomputed."""

from glassworks.core import canonical
from glassworks.core.record import Part

HEAD = "# The packages with which the office recomputed this model, exactly as they were.\n"


class Lock(Part):
    """Python's version, and the packages that the model's framework and its own files need, by name.

    Names are in the one form of the package index: small letters, with a hyphen between words.
    """

    python: str
    packages: dict[str, str]

    def content(self) -> bytes:
        """The file `environment.lock`, in the form of a requirements file; equal locks, equal bytes.

        Examples
        --------
        >>> print(Lock(python="3.12.3", packages={"scipy": "1.16.0", "numpy": "2.3.1"}).content().decode(), end="")
        # The packages with which the office recomputed this model, exactly as they were.
        # Python 3.12.3
        numpy==2.3.1
        scipy==1.16.0
        """
        lines = [f"{name}=={version}\n" for name, version in sorted(self.packages.items())]
        return (HEAD + f"# Python {self.python}\n" + "".join(lines)).encode()

    @property
    def file_digest(self) -> str:
        """The digest of the file."""
        return canonical.digest_bytes(self.content())

    @property
    def line(self) -> str:
        """The line of Python that it is of, such as `3.12`."""
        return ".".join(self.python.split(".")[:2])


def why_not_load(lock: Lock, installed: Lock) -> str:
    """Why a model may not be loaded with what is installed; empty when it may. Another version of a package may."""
    if lock.line != installed.line:
        return f"it was validated with Python {lock.line}, and this server has Python {installed.line}"
    absent = sorted(set(lock.packages) - set(installed.packages))
    if not absent:
        return ""
    what = absent[0] if len(absent) == 1 else f"{len(absent)} packages: {', '.join(absent[:5])}"
    return f"it was validated with {what}, which this server does not have"


def differing(lock: Lock, installed: Lock) -> tuple[str, ...]:
    """Each version that is another one than the lock says, in a sentence, in the order of the names."""
    found = [] if lock.python == installed.python else [("Python", lock.python, installed.python)]
    found += [
        (name, version, installed.packages[name])
        for name, version in sorted(lock.packages.items())
        if installed.packages.get(name, version) != version
    ]
    return tuple(f"{name} is {here} here; the model was validated with {then}." for name, then, here in found)
