"""One line of a log: a body under a random salt, tied to the line before it, erasable without losing the tie."""

import hmac
import secrets
from typing import NamedTuple

LINK, SALT = 64, 32
BODY = LINK + SALT + 2
ERASED = LINK + 1 + LINK


class Head(NamedTuple):
    """Where the last acknowledged line ends, and its link."""

    segment: str = ""
    end: int = 0
    link: bytes = b""


class Line(NamedTuple):
    """One line in its place: link, salt and body; when erased, link, digest and blanks."""

    segment: str
    offset: int
    raw: bytes

    @property
    def end(self) -> int:
        """Where the next line begins."""
        return self.offset + len(self.raw)

    @property
    def link(self) -> bytes:
        """HMAC-SHA256, under the office's key, of the link before and this line's digest."""
        return self.raw[:LINK]

    @property
    def erased(self) -> bool:
        """Whether the body was blanked."""
        return len(self.raw) > ERASED and self.raw[BODY - 1] != ord(" ") and not self.raw[ERASED:].strip(b" \n")

    @property
    def body(self) -> bytes:
        """What was logged; empty when it was erased."""
        return b"" if self.erased else self.raw[BODY:-1]

    @property
    def digest(self) -> bytes:
        """HMAC-SHA256 of the body under the salt; it stays when salt and body go, and cannot be guessed back."""
        if self.erased:
            return self.raw[LINK + 1 : ERASED]
        return _mac(self.raw[LINK + 1 : BODY - 1], self.body)

    def blanked(self) -> bytes:
        """The same line without its body, as long as before."""
        return self.link + b" " + self.digest + b" " * (len(self.raw) - ERASED - 1) + b"\n"

    def altered(self, before: bytes, key: bytes) -> bool:
        """Whether it is not the line that was written after the one with the link `before`."""
        salt = self.raw[LINK + 1 : BODY - 1]
        form = self.blanked() if self.erased else b" ".join((self.link, salt, self.body)) + b"\n"
        return form != self.raw or not hmac.compare_digest(_mac(key, before + self.digest), self.link)


def line_after(before: bytes, body: bytes, key: bytes) -> bytes:
    """A body of at least 31 bytes as the line after the one with the link `before`."""
    salt = secrets.token_hex(SALT // 2).encode()
    return _mac(key, before + _mac(salt, body)) + b" " + salt + b" " + body + b"\n"


def _mac(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, "sha256").hex().encode()
