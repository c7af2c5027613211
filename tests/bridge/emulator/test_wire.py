"""The transport's packets, against a peer written out byte by byte."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.emulator import EmulatedPhone
from bridge.emulator._wire import Command, Packet, ShellId, shell_packet, split_shell_packets

if TYPE_CHECKING:
    from collections.abc import Iterator

OLD = 0x01000000
NEW = 0x01000001


class Peer:
    """An adb server as small as can be."""

    def __init__(self, address: str) -> None:
        host, _, port = address.partition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=20)
        self._stream = self.socket.makefile("rb")

    def send(self, command: int, arg0: int, arg1: int, data: bytes = b"") -> None:
        self.socket.sendall(Packet(command, arg0, arg1, data).encode(with_checksum=True))

    def receive(self) -> tuple[int, int, int, bytes, int]:
        header = self._stream.read(24)
        if not header:
            raise EOFError
        command, arg0, arg1, length, checksum, magic = struct.unpack("<6I", header)
        assert magic == command ^ 0xFFFFFFFF
        return command, arg0, arg1, self._stream.read(length), checksum

    def close(self) -> None:
        self._stream.close()
        self.socket.close()


@pytest.fixture
def peer() -> Iterator[Peer]:
    with EmulatedPhone() as phone:
        peer = Peer(phone.address)
        yield peer
        peer.close()


@pytest.mark.parametrize(("version", "checked"), [(OLD, True), (NEW, False)])
def test_checksums_are_true_for_an_old_peer_and_left_out_for_a_new_one(
    peer: Peer, version: int, checked: bool
) -> None:
    peer.send(Command.CNXN, version, 4096, b"host::\0")
    command, _, _, banner, _ = peer.receive()
    assert (command, banner.startswith(b"device::ro.product.name=")) == (Command.CNXN, True)
    peer.send(Command.OPEN, 7, 0, b"shell:echo hi\0")
    assert peer.receive()[0] == Command.OKAY
    command, _, remote, data, checksum = peer.receive()
    assert (command, remote, data) == (Command.WRTE, 7, b"hi\n")
    assert checksum == (sum(b"hi\n") if checked else 0)


def test_one_packet_is_in_flight_and_none_is_longer_than_the_peer_takes(peer: Peer) -> None:
    peer.send(Command.CNXN, NEW, 4096, b"host::\0")
    peer.receive()
    peer.send(Command.OPEN, 7, 0, b"shell:echo " + b"x" * 3000 + b"; echo " + b"y" * 3000 + b"\0")
    _, local, _, _, _ = peer.receive()
    received = b""
    while (packet := peer.receive())[0] == Command.WRTE:
        assert len(packet[3]) <= 4096
        received += packet[3]
        peer.send(Command.OKAY, 7, local)
    assert packet[0] == Command.CLSE
    assert received == b"x" * 3000 + b"\n" + b"y" * 3000 + b"\n"


def test_an_unknown_service_is_refused_with_an_empty_close(peer: Peer) -> None:
    peer.send(Command.CNXN, NEW, 4096, b"host::\0")
    peer.receive()
    peer.send(Command.OPEN, 7, 0, b"jdwp:1\0")
    assert peer.receive()[:3] == (Command.CLSE, 0, 7)


def test_nothing_is_opened_before_the_handshake(peer: Peer) -> None:
    peer.send(Command.OPEN, 7, 0, b"shell:echo hi\0")
    peer.send(Command.CNXN, NEW, 4096, b"host::\0")
    assert peer.receive()[0] == Command.CNXN


def test_closing_a_stream_ends_its_command(peer: Peer) -> None:
    peer.send(Command.CNXN, NEW, 4096, b"host::\0")
    peer.receive()
    peer.send(Command.OPEN, 7, 0, b"shell:sleep 600; echo late\0")
    _, local, _, _, _ = peer.receive()
    peer.send(Command.CLSE, 7, local)
    assert peer.receive()[:3] == (Command.CLSE, local, 7)


def test_a_payload_beyond_the_limit_ends_the_connection(peer: Peer) -> None:
    peer.socket.sendall(struct.pack("<6I", Command.CNXN, NEW, 0, 2**31, 0, Command.CNXN ^ 0xFFFFFFFF))
    with pytest.raises(EOFError):
        peer.receive()


@given(
    packets=st.lists(st.tuples(st.sampled_from(ShellId), st.binary(max_size=20))),
    cut=st.integers(0, 40),
)
def test_shell_packets_are_split_at_any_cut(packets: list[tuple[ShellId, bytes]], cut: int) -> None:
    whole = b"".join(shell_packet(kind, data) for kind, data in packets)
    first, rest = split_shell_packets(whole[:cut])
    second, rest = split_shell_packets(rest + whole[cut:])
    assert [*first, *second] == packets
    assert rest == b""
