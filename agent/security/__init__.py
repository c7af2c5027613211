"""Who may do what: credentials, TLS, scopes, the policy of risks, and the guard around every RPC.

A server uses it so::

    security = ServerSecurity(options, known_tools=names)
    server = aio.server(
        interceptors=[Guard(security, status_of)],
        options=security.server_options(),
        maximum_concurrent_rpcs=security.max_concurrent_rpcs,
    )
    port = security.listen(server, host, port)

and a handler so::

    identity = current_identity()
    identity.require_tool_sets(names)
    serial = identity.device(request.serial)
    tool = security.policy.applied(tool, identity)
"""

from agent.security._credentials import Credential, Credentials, add_certificate, add_token, revoke
from agent.security._identity import LOCAL, Identity, Scope, Scopes, current_identity
from agent.security._interceptors import Guard, handler_within
from agent.security._policy import ClientPolicy, Policy, ToolPolicy
from agent.security._server import SecurityOptions, ServerSecurity, is_loopback
from agent.security._tls import TlsFiles

__all__ = [
    "LOCAL",
    "ClientPolicy",
    "Credential",
    "Credentials",
    "Guard",
    "Identity",
    "Policy",
    "Scope",
    "Scopes",
    "SecurityOptions",
    "ServerSecurity",
    "TlsFiles",
    "ToolPolicy",
    "add_certificate",
    "add_token",
    "current_identity",
    "handler_within",
    "is_loopback",
    "revoke",
]
