from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.security import (
    Credentials,
    Identity,
    Scope,
    Scopes,
    SecurityOptions,
    ServerSecurity,
    add_certificate,
    add_token,
    revoke,
)
from agent.security.errors import (
    CredentialsFileError,
    DeviceNotAllowed,
    InvalidToken,
    ScopeMissing,
    ToolSetNotAllowed,
)

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_token_gives_the_client_and_what_it_may_do(credentials: Path) -> None:
    scopes = Scopes(Scope.EXECUTE, frozenset({"emulator-5554"}), frozenset({"phone"}))
    _, token = add_token(credentials, "kitchen", scopes, now=NOW)
    assert Credentials.load(credentials).for_token(token, NOW) == Identity("kitchen", scopes)


def test_the_file_holds_no_token_and_is_for_its_owner_alone(credentials: Path) -> None:
    _, token = add_token(credentials, "kitchen", Scopes(), now=NOW)
    assert token.rpartition("_")[2] not in credentials.read_text()
    assert token[16:] not in credentials.read_text()
    assert stat.S_IMODE(credentials.stat().st_mode) == 0o600


def test_a_folder_that_has_to_be_made_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "credentials.json"
    add_token(path, "kitchen", Scopes(), now=NOW)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused_with_what_to_do(credentials: Path, mode: int) -> None:
    add_token(credentials, "kitchen", Scopes(), now=NOW)
    credentials.chmod(mode)
    with pytest.raises(CredentialsFileError, match="chmod 600"):
        ServerSecurity(SecurityOptions(credentials=credentials))


@pytest.mark.parametrize(
    "content",
    ["", "{}x", '{"credentials": 3}', '{"format": 2}', '{"credentials": [{"id": "x", "secret": "hidden"}]}'],
)
def test_a_broken_file_is_refused_and_not_quoted(credentials: Path, content: str) -> None:
    credentials.touch(0o600)
    credentials.write_text(content)
    with pytest.raises(CredentialsFileError, match="no file of credentials") as error:
        Credentials.load(credentials)
    assert "hidden" not in str(error.value)


def test_before_the_first_is_added_nothing_opens(credentials: Path) -> None:
    with pytest.raises(InvalidToken):
        Credentials.load(credentials).for_token(f"ia_{'0' * 12}_{'A' * 43}", NOW)


@given(st.text())
def test_no_text_is_taken_for_a_token(text: str) -> None:
    with pytest.raises(InvalidToken):
        Credentials().for_token(text, NOW)


def test_revoking_a_client_revokes_all_that_it_has_and_nothing_else(credentials: Path) -> None:
    tokens = [add_token(credentials, name, Scopes(), now=NOW)[1] for name in ("bob", "bob", "eve")]
    add_certificate(credentials, "bob", Scopes(), name="bob.example", now=NOW)
    assert len(revoke(credentials, "bob", now=NOW)) == 3
    loaded = Credentials.load(credentials)
    for token in tokens[:2]:
        with pytest.raises(InvalidToken):
            loaded.for_token(token, NOW)
    assert loaded.for_token(tokens[2], NOW).client == "eve"
    with pytest.raises(CredentialsFileError, match="no valid credential 'bob'"):
        revoke(credentials, "bob", now=NOW)


def test_programs_that_add_at_the_same_time_lose_nothing(credentials: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        added = list(
            pool.map(lambda n: add_token(credentials, f"client{n}", Scopes(), now=NOW)[1], range(12))
        )
    loaded = Credentials.load(credentials)
    assert [loaded.for_token(token, NOW).client for token in added] == [f"client{n}" for n in range(12)]


@pytest.mark.parametrize("name", ["", "a b", "../x", "\x1b[31m", "x" * 65, "-x"])
def test_a_client_name_is_plain(credentials: Path, name: str) -> None:
    with pytest.raises(CredentialsFileError, match="is no client name"):
        add_token(credentials, name, Scopes(), now=NOW)
    assert not credentials.exists()


def test_each_scope_includes_the_ones_before_it() -> None:
    execute = Identity("bob", Scopes(Scope.EXECUTE))
    execute.require(Scope.PLAN)
    execute.require(Scope.EXECUTE)
    with pytest.raises(ScopeMissing, match="has the scope 'execute'; this needs 'admin'"):
        execute.require(Scope.ADMIN)


def test_a_client_of_one_device_gets_it_without_naming_it_and_no_other() -> None:
    bob = Identity("bob", Scopes(devices=frozenset({"a"})))
    assert (bob.device(""), bob.device("a")) == ("a", "a")
    with pytest.raises(DeviceNotAllowed, match="may not use the device 'b'"):
        bob.device("b")


def test_a_client_of_several_devices_has_to_name_one() -> None:
    bob = Identity("bob", Scopes(devices=frozenset({"a", "b"})))
    assert bob.device("b") == "b"
    with pytest.raises(DeviceNotAllowed, match="name one"):
        bob.device("")


def test_a_client_of_any_device_may_leave_it_open() -> None:
    assert Identity("bob").device("") == ""


def test_adb_connects_to_an_address_only_for_who_was_given_it_or_is_an_administrator() -> None:
    address = "192.168.1.7:5555"
    assert Identity("bob", Scopes(Scope.EXECUTE, frozenset({address}))).device(address) == address
    assert Identity("bob", Scopes(Scope.ADMIN)).device(address) == address
    assert Identity("bob", Scopes(Scope.EXECUTE)).device("emulator-5554") == "emulator-5554"
    with pytest.raises(DeviceNotAllowed, match="needs a token with that device"):
        Identity("bob", Scopes(Scope.EXECUTE)).device(address)


def test_a_client_of_some_tool_sets_may_use_no_other() -> None:
    bob = Identity("bob", Scopes(tool_sets=frozenset({"phone"})))
    bob.require_tool_sets(["phone"])
    with pytest.raises(ToolSetNotAllowed, match="may not use the tool set 'coffee'"):
        bob.require_tool_sets(["phone", "coffee"])


def test_an_expired_credential_is_listed_as_expired(credentials: Path) -> None:
    added, _ = add_token(credentials, "bob", Scopes(), now=NOW, expires=NOW + timedelta(days=1))
    assert added.state(NOW) == "valid"
    assert added.state(NOW + timedelta(days=1)) == "expired"
