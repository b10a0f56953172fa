"""Only the approved bytes run, only under a valid permit: every swap is refused with its rule, without a restart."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from glassworks.core import canonical
from glassworks.core.errors import Conflict, FixTheInput
from glassworks.store import releases


def stored(yard: Any) -> Path:
    return yard.folder / "rel-1" / "files" / yard.package.files["weights.json"].removeprefix("sha256:")


def rule(predict: Any) -> str:
    answer = predict()
    assert answer.status_code == 403, answer.text
    return str(answer.json()["rule"])


def change_permit(yard: Any, **changes: Any) -> None:
    releases.write_permit(yard.folder, yard.permit(**changes))


def test_swapped_model_bytes_are_refused(predict: Any, yard: Any) -> None:
    stored(yard).write_bytes(json.dumps({"bias": 9, "age": 0, "contact": {"cellular": 9}}).encode())
    assert rule(predict) == "permit-bytes" and yard.host.loaded == []


def test_a_refusal_leaves_word_for_the_journal_once_while_it_lasts(predict: Any, yard: Any) -> None:
    stored(yard).write_bytes(b"other bytes")
    assert rule(predict) == "permit-bytes" and rule(predict) == "permit-bytes"
    (waiting,) = releases.take_refusals(yard.folder)
    assert (waiting["release"], waiting["rule"]) == ("rel-1", "permit-bytes")
    assert releases.take_refusals(yard.folder) == [waiting], "it waits until the journal has it"
    releases.drop_refusals(yard.folder)
    assert releases.take_refusals(yard.folder) == []


def test_a_missing_model_file_is_refused(predict: Any, yard: Any) -> None:
    stored(yard).unlink()
    assert rule(predict) == "permit-bytes"


@pytest.mark.parametrize("change", [{"threshold": 0.01}, {"action": "call twice"}, {"if_model_down": "call all"}])
def test_a_changed_package_is_refused(predict: Any, yard: Any, change: dict[str, Any]) -> None:
    changed = yard.make_package(yard.files, **change)
    (yard.folder / "rel-1" / "package.json").write_bytes(canonical.to_bytes(changed.facts()))
    assert rule(predict) == "permit-bytes"


def test_swapped_bytes_with_a_package_that_names_them_are_refused(predict: Any, yard: Any) -> None:
    content = b'{"bias": 9}'
    changed = yard.make_package({"weights.json": content})
    folder = yard.folder / "rel-1"
    (folder / "files" / canonical.digest_bytes(content).removeprefix("sha256:")).write_bytes(content)
    (folder / "package.json").write_bytes(canonical.to_bytes(changed.facts()))
    assert rule(predict) == "permit-bytes" and yard.host.loaded == []


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"nonsense", b'{"a": 1, "a": 2}', b"[" * 100_000])
def test_an_unreadable_package_or_permit_is_refused(predict: Any, yard: Any, content: bytes) -> None:
    (yard.folder / "rel-1" / "permit.json").write_bytes(content)
    assert rule(predict) == "permit-signature"
    (yard.folder / "rel-1" / "package.json").write_bytes(content)
    yard.clock.forward(seconds=6)
    assert rule(predict) == "permit-bytes"


def test_a_path_in_a_package_leads_nowhere(predict: Any, yard: Any) -> None:
    (yard.folder / "rel-1" / "package.json").write_bytes(
        canonical.to_bytes(yard.package.facts() | {"files": {"weights.json": "../../../../etc/passwd"}})
    )
    assert rule(predict) == "permit-bytes"


def test_a_permit_for_another_environment_is_refused(predict: Any, yard: Any) -> None:
    change_permit(yard, environment="production")
    assert rule(predict) == "permit-environment"


def test_an_altered_permit_is_refused(predict: Any, yard: Any) -> None:
    altered = yard.permit().model_copy(update={"expires_at": yard.clock.now() + timedelta(days=900)})
    releases.write_permit(yard.folder, altered)
    assert rule(predict) == "permit-signature"


@pytest.mark.parametrize("key", ["", "AAAA", "not base64 at all", "é"])
def test_a_permit_of_a_stranger_or_without_a_readable_key_is_refused(predict: Any, yard: Any, key: str) -> None:
    releases.write_permit(yard.folder, yard.permit(key=Ed25519PrivateKey.generate()))
    assert rule(predict) == "permit-signer"
    releases.write_permit(yard.folder, yard.permit().model_copy(update={"office_public_key": key}))
    yard.clock.forward(seconds=6)
    assert rule(predict) == "permit-signature"


def test_a_missing_permit_is_refused(predict: Any, yard: Any) -> None:
    (yard.folder / "rel-1" / "permit.json").unlink()
    assert rule(predict) == "permit-missing"


def test_the_permit_of_another_release_does_not_open_this_one(predict: Any, yard: Any) -> None:
    other = yard.permit(release="rel-9")
    (yard.folder / "rel-1" / "permit.json").write_bytes(canonical.to_bytes(other.facts()))
    assert rule(predict) == "permit-release"


def test_a_permit_ends_at_its_second_even_between_two_looks(predict: Any, yard: Any) -> None:
    change_permit(yard, expires_at=yard.clock.now() + timedelta(seconds=2))
    assert predict().status_code == 200
    yard.clock.forward(seconds=2)
    assert rule(predict) == "permit-expired"


def test_a_renewed_permit_is_found_without_a_restart_and_the_model_is_loaded_once(
    predict: Any, yard: Any, fakes: Any
) -> None:
    assert predict().status_code == 200
    yard.clock.forward(hours=23)
    change_permit(yard)
    yard.grant(fakes.TOKEN)
    yard.clock.forward(hours=23)
    assert predict().status_code == 200 and len(yard.host.loaded) == 1


def test_a_revocation_is_obeyed_within_seconds_and_lifted_again(predict: Any, yard: Any) -> None:
    assert predict().status_code == 200
    yard.revoke("rel-1")
    yard.clock.forward(seconds=6)
    assert rule(predict) == "permit-revoked" and yard.host.closed == 1
    yard.revoke()
    yard.clock.forward(seconds=6)
    assert predict().status_code == 200


def test_a_list_of_revocations_that_the_office_did_not_sign_stops_everything(predict: Any, yard: Any) -> None:
    yard.revoke(key=Ed25519PrivateKey.generate())
    assert rule(predict) == "revocations-signer"
    (yard.folder / "revocations.json").write_bytes(b"{")
    yard.clock.forward(seconds=6)
    assert rule(predict) == "revocations-signature"


def test_an_older_or_deleted_list_of_revocations_does_not_free_a_revoked_release(predict: Any, yard: Any) -> None:
    earlier = yard.clock.now() - timedelta(hours=1)
    yard.revoke("rel-1")
    assert rule(predict) == "permit-revoked"
    yard.revoke(at=earlier)
    yard.clock.forward(seconds=6)
    assert rule(predict) == "revocations-order"
    (yard.folder / "revocations.json").unlink()
    yard.clock.forward(seconds=6)
    assert rule(predict) == "revocations-missing"
    yard.revoke("rel-1")
    yard.clock.forward(seconds=6)
    assert rule(predict) == "permit-revoked"


def test_a_server_that_starts_without_a_list_of_revocations_waits_for_the_office(predict: Any, yard: Any) -> None:
    (yard.folder / "revocations.json").unlink()
    assert rule(predict) == "revocations-missing" and not yard.host.calls
    yard.revoke()
    yard.clock.forward(seconds=6)
    assert predict().status_code == 200


def test_bytes_swapped_after_loading_are_never_read(predict: Any, yard: Any) -> None:
    before = predict().json()["predictions"][0]["probability"]
    stored(yard).write_bytes(b"nonsense")
    yard.clock.forward(minutes=5)
    assert predict().json()["predictions"][0]["probability"] == before


def test_during_a_storm_of_swaps_only_the_approved_bytes_reach_the_model_host(yard: Any, fakes: Any) -> None:
    """The file flips at every read; a load either refuses or gets exactly what was approved."""
    path, bad = stored(yard), b'{"bias": 9, "age": 0, "contact": {"cellular": 9}}'
    for turn in range(200):
        path.write_bytes(yard.files["weights.json"] if turn % 3 else bad)
        yard.clock.forward(seconds=6)
        look = yard.app._releases
        try:
            look.look("rel-1")
        except Exception as refusal:
            assert getattr(refusal, "rule", "") == "permit-bytes"
        look.close()
    assert 0 < len(yard.host.loaded) < 200
    assert all(files == yard.files for files in yard.host.loaded)


def test_a_model_that_cannot_be_loaded_is_refused_with_a_sentence(predict: Any, yard: Any) -> None:
    yard.files = {"weights.json": b"not json"}
    yard.package = yard.make_package(yard.files)
    releases.write_release(yard.folder / "rel-2", yard.package, yard.files, yard.permit(release="rel-2"))
    with pytest.raises(Exception, match="Rule model-loads"):
        yard.app._releases.look("rel-2")


def test_a_release_never_changes_once_written(yard: Any) -> None:
    other = yard.make_package(yard.files, threshold=0.9)
    with pytest.raises(Conflict):
        releases.write_release(yard.folder / "rel-1", other, yard.files, yard.permit(other))
    with pytest.raises(FixTheInput):
        releases.write_release(yard.folder / "rel-3", yard.package, yard.files, yard.permit())
    with pytest.raises(FixTheInput):
        releases.write_release(yard.folder / "rel-1", yard.package, {"weights.json": b"x"}, yard.permit())


def test_the_app_ends_its_models_at_shutdown(predict: Any, yard: Any) -> None:
    predict()
    sent: list[Any] = []

    async def run() -> None:
        messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

        async def receive() -> Any:
            return next(messages)

        async def send(message: Any) -> None:
            sent.append(message["type"])

        await yard.app({"type": "lifespan"}, receive, send)

    asyncio.run(run())
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"] and yard.host.closed == 1
