"""The file of credentials: bearer tokens by their hash, client certificates by their name.

A token is ``ia_ID_SECRET``; the secret has 256 random bits, so that one SHA-256 of it is enough: nobody can
guess through it, and the file gives nothing that opens the service.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from filelock import FileLock
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from agent.security._identity import Identity, Scope, Scopes
from agent.security.errors import (
    CredentialsExpired,
    CredentialsFileError,
    InvalidToken,
    UnknownCertificate,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

__all__ = ["Credential", "Credentials", "add_certificate", "add_token", "revoke"]

_TOKEN = re.compile(r"ia_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NO_HASH = "0" * 64

ClientName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$")]


class Credential(BaseModel):
    """A token or a certificate's name, and what it opens.

    ``sha256`` is that of the token's secret, ``certificate`` the name in a client certificate; one of them is
    empty. ``expires`` None is never; ``revoked`` is when it was revoked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
    client: ClientName
    scope: Scope
    devices: tuple[str, ...] = ()
    tool_sets: tuple[str, ...] = ()
    sha256: str = ""
    certificate: str = ""
    created: AwareDatetime
    expires: AwareDatetime | None = None
    revoked: AwareDatetime | None = None

    def state(self, now: datetime) -> Literal["valid", "expired", "revoked"]:
        """Return whether it opens anything at the moment."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= now else "valid"

    def identity(self) -> Identity:
        """Return who holds it."""
        scopes = Scopes(self.scope, frozenset(self.devices), frozenset(self.tool_sets))
        return Identity(self.client, scopes)


class Credentials(BaseModel):
    """Everything that opens the service."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    credentials: tuple[Credential, ...] = ()

    @classmethod
    def load(cls, path: Path) -> Credentials:
        """Read the file; none is there before the first credential is added.

        Raises CredentialsFileError where it cannot be read, is broken, or can be read or written by others.
        """
        try:
            with path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                text = file.read()
        except FileNotFoundError:
            return cls()
        except OSError as error:
            raise CredentialsFileError(f"{path} cannot be read: {error.strerror}") from error
        if stat.S_IMODE(mode) & 0o077:
            raise CredentialsFileError(f"{path} is open to other users: run `chmod 600 {path}`")
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            key = ".".join(str(part) for part in first["loc"])
            raise CredentialsFileError(f"{path} is no file of credentials: {key}: {first['msg']}") from error

    def for_token(self, token: str, now: datetime) -> Identity:
        """Return who holds the token. Raises InvalidToken and CredentialsExpired."""
        match = _TOKEN.fullmatch(token)
        wanted, secret = match.groups() if match else ("", "")
        found = next((c for c in self.credentials if c.sha256 and c.id == wanted), None)
        # An unknown token costs what a known one costs.
        same = hmac.compare_digest(_hash(secret), found.sha256 if found else _NO_HASH)
        if not found or not same or found.revoked is not None:
            raise InvalidToken("the token is not valid; ask the operator for a new one")
        return _unexpired(found, now).identity()

    def for_certificate(self, names: tuple[str, ...], now: datetime) -> Identity:
        """Return who has the verified certificate with these names.

        Raises UnknownCertificate and CredentialsExpired.
        """
        known = [
            c for c in self.credentials if c.certificate and c.certificate in names and c.revoked is None
        ]
        if not known:
            raise UnknownCertificate("this client certificate was given no rights; ask the operator")
        valid = (c for c in known if c.state(now) == "valid")
        return _unexpired(next(valid, known[0]), now).identity()


def add_token(
    path: Path, client: str, scopes: Scopes, *, now: datetime, expires: datetime | None = None
) -> tuple[Credential, str]:
    """Add a token for a client; return its record and the token, which cannot be had again.

    Raises CredentialsFileError.
    """
    secret = secrets.token_urlsafe(32)
    credential = _credential(client, scopes, now, expires, sha256=_hash(secret))
    _append(path, credential)
    return credential, f"ia_{credential.id}_{secret}"


def add_certificate(
    path: Path, client: str, scopes: Scopes, *, name: str, now: datetime, expires: datetime | None = None
) -> Credential:
    """Give rights to client certificates with this name (a subject alternative name, or the common name).

    Raises CredentialsFileError.
    """
    credential = _credential(client, scopes, now, expires, certificate=name)
    _append(path, credential)
    return credential


def revoke(path: Path, wanted: str, *, now: datetime) -> tuple[Credential, ...]:
    """Revoke a credential by its id, or all of a client; return those that were not revoked yet.

    Raises CredentialsFileError where there is none.
    """
    with _locked(path):
        before = Credentials.load(path).credentials
        revoked = tuple(c for c in before if wanted in (c.id, c.client) and c.revoked is None)
        if not revoked:
            raise CredentialsFileError(
                f"there is no valid credential '{wanted}'; `intent-agent token list` shows all"
            )
        after = tuple(c.model_copy(update={"revoked": now}) if c in revoked else c for c in before)
        _write(path, Credentials(credentials=after))
    return revoked


def _credential(
    client: str,
    scopes: Scopes,
    now: datetime,
    expires: datetime | None,
    *,
    sha256: str = "",
    certificate: str = "",
) -> Credential:
    try:
        return Credential(
            id=secrets.token_hex(6),
            client=client,
            scope=scopes.scope,
            devices=tuple(sorted(scopes.devices)),
            tool_sets=tuple(sorted(scopes.tool_sets)),
            sha256=sha256,
            certificate=certificate,
            created=now,
            expires=expires,
        )
    except ValidationError as error:
        raise CredentialsFileError(
            f"'{client}' is no client name: write up to 64 letters, digits, '.', '_', '@' and '-'"
        ) from error


def _append(path: Path, credential: Credential) -> None:
    with _locked(path):
        before = Credentials.load(path).credentials
        _write(path, Credentials(credentials=(*before, credential)))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one program at a time change the file."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(path.with_name(f"{path.name}.lock"), mode=0o600)
        lock.acquire()
    except OSError as error:
        raise CredentialsFileError(f"{path.parent} cannot be written: {error.strerror}") from error
    try:
        yield
    finally:
        lock.release()


def _write(path: Path, credentials: Credentials) -> None:
    """Replace the file in one step, so that a reader sees the old or the new one and never a part."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(credentials.model_dump_json(indent=2) + "\n")
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CredentialsFileError(f"{path} cannot be written: {error.strerror}") from error


def _unexpired(credential: Credential, now: datetime) -> Credential:
    if credential.state(now) == "expired":
        raise CredentialsExpired(
            f"the credentials of '{credential.client}' have expired; ask the operator for new ones",
            client=credential.client,
        )
    return credential


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
