"""What can go wrong with credentials, rights, the policy and the settings.

A branch of ``agent.errors.AgentError``::

    SecurityError
    ├── Unauthenticated           who is asking is not known
    │   ├── MissingCredentials
    │   ├── InvalidToken
    │   ├── CredentialsExpired
    │   └── UnknownCertificate
    ├── PermissionDenied          who is asking may not
    │   ├── ScopeMissing
    │   ├── DeviceNotAllowed
    │   ├── ToolSetNotAllowed
    │   └── ToolForbidden
    ├── CredentialsUnreadable     the file of credentials cannot be read while the service runs
    └── ConfigurationError        the service cannot be started like this
        ├── CredentialsFileError
        ├── PolicyFileError
        ├── TlsFileError
        ├── SettingsError
        └── InsecureAddress
"""

# ruff: noqa: N818 - the names say what happened; the tree says that it is an error
from __future__ import annotations

from agent.errors import AgentError

__all__ = [
    "ConfigurationError",
    "CredentialsExpired",
    "CredentialsFileError",
    "CredentialsUnreadable",
    "DeviceNotAllowed",
    "InsecureAddress",
    "InvalidToken",
    "MissingCredentials",
    "PermissionDenied",
    "PolicyFileError",
    "ScopeMissing",
    "SecurityError",
    "SettingsError",
    "TlsFileError",
    "ToolForbidden",
    "ToolSetNotAllowed",
    "Unauthenticated",
    "UnknownCertificate",
]


class SecurityError(AgentError):
    """Any error of this tree: PERMISSION_DENIED, SECURITY_ERROR."""

    code = "PERMISSION_DENIED"
    reason = "SECURITY_ERROR"


class Unauthenticated(SecurityError):
    """Who is asking is not known: UNAUTHENTICATED, UNAUTHENTICATED."""

    code = "UNAUTHENTICATED"
    reason = "UNAUTHENTICATED"


class MissingCredentials(Unauthenticated):
    """The request carries neither a token nor a client certificate: UNAUTHENTICATED, MISSING_CREDENTIALS."""

    reason = "MISSING_CREDENTIALS"


class InvalidToken(Unauthenticated):
    """The token is no token, unknown or revoked; which is not told: UNAUTHENTICATED, INVALID_TOKEN."""

    reason = "INVALID_TOKEN"


class CredentialsExpired(Unauthenticated):
    """The token or the rights of the certificate have run out: UNAUTHENTICATED, CREDENTIALS_EXPIRED."""

    reason = "CREDENTIALS_EXPIRED"


class UnknownCertificate(Unauthenticated):
    """No rights were given to the client certificate's name: UNAUTHENTICATED, UNKNOWN_CERTIFICATE."""

    reason = "UNKNOWN_CERTIFICATE"


class PermissionDenied(SecurityError):
    """Who is asking may not do that: PERMISSION_DENIED, PERMISSION_DENIED."""

    reason = "PERMISSION_DENIED"


class ScopeMissing(PermissionDenied):
    """The client's scope is too small for the method: PERMISSION_DENIED, SCOPE_MISSING."""

    reason = "SCOPE_MISSING"


class DeviceNotAllowed(PermissionDenied):
    """The client may not use that device: PERMISSION_DENIED, DEVICE_NOT_ALLOWED."""

    reason = "DEVICE_NOT_ALLOWED"


class ToolSetNotAllowed(PermissionDenied):
    """The client may not use that tool set: PERMISSION_DENIED, TOOL_SET_NOT_ALLOWED."""

    reason = "TOOL_SET_NOT_ALLOWED"


class ToolForbidden(PermissionDenied):
    """The policy forbids the tool to the client: PERMISSION_DENIED, TOOL_FORBIDDEN."""

    reason = "TOOL_FORBIDDEN"


class CredentialsUnreadable(SecurityError):
    """The credentials cannot be read now, so nobody is let in: UNAVAILABLE, CREDENTIALS_UNREADABLE."""

    code = "UNAVAILABLE"
    reason = "CREDENTIALS_UNREADABLE"


class ConfigurationError(SecurityError):
    """The service cannot be started like this: INVALID_ARGUMENT, CONFIGURATION_ERROR."""

    code = "INVALID_ARGUMENT"
    reason = "CONFIGURATION_ERROR"


class CredentialsFileError(ConfigurationError):
    """The file is broken or readable by others: INVALID_ARGUMENT, CREDENTIALS_FILE_UNUSABLE."""

    reason = "CREDENTIALS_FILE_UNUSABLE"


class PolicyFileError(ConfigurationError):
    """The policy file cannot be used; line or key is named: INVALID_ARGUMENT, POLICY_FILE_UNUSABLE."""

    reason = "POLICY_FILE_UNUSABLE"


class TlsFileError(ConfigurationError):
    """A certificate or key cannot be used: INVALID_ARGUMENT, TLS_FILE_UNUSABLE."""

    reason = "TLS_FILE_UNUSABLE"


class SettingsError(ConfigurationError):
    """A setting cannot be used; where it stands is named: INVALID_ARGUMENT, SETTINGS_UNUSABLE."""

    reason = "SETTINGS_UNUSABLE"


class InsecureAddress(ConfigurationError):
    """Listening there needs TLS and authentication: INVALID_ARGUMENT, INSECURE_ADDRESS."""

    reason = "INSECURE_ADDRESS"
