"""A bridge by the address of an adb server, which may be one of its own."""

from __future__ import annotations

from bridge._bridge import Bridge
from bridge._private_server import PrivateAdbServer

__all__ = ["OWN_SERVER", "open_bridge"]

OWN_SERVER = "own"
"""In place of a host name: a server that is started for the bridge, and ended with it."""


def open_bridge(adb_host: str, adb_port: int, *, reconnect: bool = False) -> Bridge:
    """Return a bridge on the adb server at an address; ``own`` starts one on the port, 0 for a free one.

    The server of one's own finds the phones that the user's adb server would find, except those on USB that
    the latter holds. It is ended by the bridge's ``close``; no other server is ever started or ended.

    Raises:
        AdbServerError: the port is taken, there is no adb binary, or the server does not answer in time.

    """
    if adb_host == OWN_SERVER:
        return _BridgeOnOwnServer(PrivateAdbServer(adb_port, phones=True), reconnect=reconnect)
    return Bridge(adb_host, adb_port, reconnect=reconnect)


class _BridgeOnOwnServer(Bridge):
    def __init__(self, server: PrivateAdbServer, *, reconnect: bool) -> None:
        super().__init__(adb_port=server.port, reconnect=reconnect)
        self._own = server

    def close(self) -> None:
        super().close()
        self._own.close()
