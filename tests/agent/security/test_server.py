"""Where a server may listen, and with which files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.security import SecurityOptions, ServerSecurity, TlsFiles
from agent.security.errors import ConfigurationError, InsecureAddress, TlsFileError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.agent.security.conftest import Authority

OPEN = ["0.0.0.0", "::", "192.168.1.7", "example.org", "fe80::1", ""]  # noqa: S104 - what is refused


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_computer_needs_no_protection(host: str) -> None:
    ServerSecurity().check_address(host)


@pytest.mark.parametrize("host", OPEN)
def test_any_other_address_needs_tls_and_authentication(
    host: str, authority: Authority, credentials: Path
) -> None:
    tls = authority.server_files()
    for options, missing in (
        (SecurityOptions(), "no TLS and no authentication"),
        (SecurityOptions(tls=tls), "no authentication"),
        (SecurityOptions(credentials=credentials), "no TLS"),
    ):
        with pytest.raises(InsecureAddress, match=missing):
            ServerSecurity(options).check_address(host)
    ServerSecurity(SecurityOptions(tls=tls, credentials=credentials)).check_address(host)


def test_client_certificates_without_authentication_would_be_for_nothing(authority: Authority) -> None:
    with pytest.raises(ConfigurationError, match="turn it on"):
        ServerSecurity(SecurityOptions(tls=authority.server_files(client_ca=True)))


def test_files_that_are_no_certificate_and_key_are_named(authority: Authority, tmp_path: Path) -> None:
    good = authority.server_files(client_ca=True)
    bad = tmp_path / "bad.pem"
    bad.touch(0o600)
    bad.write_text("nothing")
    for files, told in (
        (TlsFiles(bad, good.key), "bad.pem and .* are no PEM certificate"),
        (TlsFiles(good.certificate, bad), "no PEM certificate with its unencrypted key"),
        (TlsFiles(good.certificate, tmp_path / "none"), "none cannot be read: No such file"),
        (TlsFiles(good.certificate, good.key, bad), "bad.pem holds no certificates"),
    ):
        with pytest.raises(TlsFileError, match=told):
            files.server_credentials()


def test_a_key_of_another_certificate_is_refused(authority: Authority, tmp_path: Path) -> None:
    files = authority.server_files()
    other = tmp_path / "other.key"
    other.touch(0o600)
    other.write_bytes(authority.ca.issue_cert("localhost").private_key_pem.bytes())
    with pytest.raises(TlsFileError, match="no PEM certificate with its unencrypted key"):
        TlsFiles(files.certificate, other).server_credentials()


def test_a_key_that_all_users_can_read_is_refused(authority: Authority) -> None:
    files = authority.server_files()
    files.key.chmod(0o644)
    with pytest.raises(TlsFileError, match="chmod o="):
        files.server_credentials()


def test_what_waits_on_a_busy_computer_is_not_dropped_before_clients_give_up() -> None:
    # gRPC's own 30 seconds cannot be waited for in a test: after them it answers a bare CANCELLED.
    longest = 600.0  # that a call may wait for a confirmation
    assert dict(ServerSecurity().server_options())["grpc.server_max_unrequested_time_in_server"] > longest
