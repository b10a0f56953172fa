"""A script reads from the exit code whether it was done, the answer is no, or the input is wrong."""

import click
import pytest

from glassworks.cli import main as command_line
from glassworks.cli.demo import demo
from glassworks.core import errors

CODES = {
    errors.FixTheInput: 2, errors.NotFound: 2, errors.TooLarge: 2,
    errors.NotAllowed: 1, errors.NotSignedIn: 1, errors.TooMany: 1, errors.GateClosed: 1, errors.Conflict: 1,
    errors.PermitRefused: 1, errors.Broken: 1,
}  # fmt: skip


def kinds(kind: type[errors.GlassworksError]) -> set[type[errors.GlassworksError]]:
    own = {one for one in kind.__subclasses__() if one.__module__ == errors.__name__}
    return own.union(*(kinds(one) for one in own))


def test_every_kind_of_error_has_its_code() -> None:
    assert set(CODES) == kinds(errors.GlassworksError)


@pytest.mark.parametrize(("kind", "code"), CODES.items(), ids=lambda one: getattr(one, "__name__", str(one)))
def test_a_command_that_is_refused_ends_with_the_code_of_its_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: type, code: int
) -> None:
    error = kind("This is so.", ["Do that."]) if kind is errors.GateClosed else kind("This is so.", "", "Do that.")

    @click.command()
    def refuses() -> None:
        raise error

    monkeypatch.setattr(command_line, "part", lambda path: refuses)
    with pytest.raises(SystemExit) as ended:
        command_line.main(["demo"])
    assert ended.value.code == code
    assert capsys.readouterr().err.startswith("This is so.\n")


@pytest.mark.parametrize(("held", "code"), [(True, 0), (False, 1)])
def test_the_demonstration_ends_with_0_only_at_an_intended_ending(
    monkeypatch: pytest.MonkeyPatch, tmp_path, held: bool, code: int
) -> None:
    monkeypatch.setenv("GLASSWORKS_HOME", str(tmp_path))
    monkeypatch.setattr("glassworks.cli.demo.tell_story", lambda *asked: held)
    assert demo.main(["--no-serve"], standalone_mode=False) == code


def test_help_lists_the_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.main(["--help"])
    assert ended.value.code == 0 and "Exit codes, of every command:" in capsys.readouterr().out


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1969-12-31"])
def test_a_day_that_no_calendar_here_reaches_is_told_in_words(staffed, day: str) -> None:
    about = ("x", "x", "--as", "validator")
    for asked in (
        ("work", "sign", *about, "--role", "validator", "--until", day),
        ("work", "find", *about[:2], "low", "An odd thing.", *about[2:], "--owner", "validator", "--due", day),
    ):
        assert "Choose a day in the years 1970 to 9998." in staffed.run(*asked, code=2).err


def test_half_a_character_in_a_command_is_told_in_words(staffed) -> None:
    said = staffed.run("work", "status", "a\udc80", "--as", "validator", code=2)
    assert said.err.startswith("What was sent holds half a character.")
