"""TLS for the server: certificate, key, and the authority of client certificates where they are asked for."""

from __future__ import annotations

import logging
import ssl
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc

from agent.security._reloading import Reloading
from agent.security.errors import TlsFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["TlsFiles", "certificate_names"]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files: the chain of the server's certificate, its key, and who signs client certificates.

    With ``client_ca`` a client without a certificate of that authority is not let in at all (mTLS).
    """

    certificate: Path
    key: Path
    client_ca: Path | None = None

    def server_credentials(self) -> grpc.ServerCredentials:
        """Return credentials that look for renewed files at every handshake.

        A renewal that cannot be used is logged, and the pair before it stays in use. Raises TlsFileError
        where already the first cannot be used.
        """
        paths = (self.certificate, self.key, *((self.client_ca,) if self.client_ca else ()))
        configuration = Reloading(self._load, *paths)

        def renewed() -> grpc.ServerCertificateConfiguration | None:
            try:
                return configuration.value if configuration.refresh() else None
            except TlsFileError:
                _LOG.exception("the renewed certificate is not used")
                return None

        return grpc.dynamic_ssl_server_credentials(
            configuration.value,
            renewed,  # type: ignore[arg-type] # the stubs forget None, which is "no change"
            require_client_authentication=self.client_ca is not None,
        )

    def _load(self) -> grpc.ServerCertificateConfiguration:
        certificate, key = _read(self.certificate), _read(self.key)
        if stat.S_IMODE(self.key.stat().st_mode) & stat.S_IRWXO:
            raise TlsFileError(f"the key {self.key} is open to all users: run `chmod o= {self.key}`")
        # gRPC says nothing of what is wrong with a file; OpenSSL does.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(self.certificate, self.key, password=lambda: b"")
        except (ssl.SSLError, ValueError) as error:
            raise TlsFileError(
                f"{self.certificate} and {self.key} are no PEM certificate with its unencrypted key: {error}"
            ) from error
        authority = None
        if self.client_ca:
            authority = _read(self.client_ca)
            try:
                context.load_verify_locations(self.client_ca)
            except ssl.SSLError as error:
                raise TlsFileError(f"{self.client_ca} holds no certificates in PEM: {error}") from error
        return grpc.ssl_server_certificate_configuration([(key, certificate)], root_certificates=authority)


def certificate_names(auth_context: Mapping[str, Iterable[bytes]]) -> tuple[str, ...]:
    """Return the names in a client certificate that TLS has verified; empty where there is none.

    The keys are those of gRPC's C core (``include/grpc/grpc_security_constants.h``).
    """
    keys = ("x509_subject_alternative_name", "x509_common_name")
    return tuple(name.decode(errors="replace") for key in keys for name in auth_context.get(key, ()))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TlsFileError(f"{path} cannot be read: {error.strerror}") from error
