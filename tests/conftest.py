"""Fixtures of several packages' tests: the real model, a real adb server, the emulated phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis
import pytest

from agent.engines import Engine, open_engine
from agent.model import ensure_model, packaged_base
from bridge.emulator import EmulatedPhone, PrivateAdbServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# How long an example takes says more of the machine than of the code.
hypothesis.settings.register_profile("project", deadline=None)
hypothesis.settings.load_profile("project")


@pytest.fixture(scope="session")
def built_model() -> Path:
    """The model file as a user gets it; built here where the cache has none."""
    return ensure_model()


@pytest.fixture(scope="session")
def stock_model() -> Path:
    """Gemma 3 270M as packaged: a GGUF file without a manifest."""
    return packaged_base()


@pytest.fixture(scope="session")
def engine(built_model: Path) -> Iterator[Engine]:
    """The real engine on the built file; tests that share it must leave it usable."""
    opened = open_engine(built_model)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def adb_server() -> Iterator[PrivateAdbServer]:
    """A real adb server on a private port."""
    with PrivateAdbServer() as server:
        yield server


@pytest.fixture
def adb_port(adb_server: PrivateAdbServer) -> int:
    """The port of the private adb server."""
    return adb_server.port


@pytest.fixture
def emulated_phone(adb_server: PrivateAdbServer) -> Iterator[EmulatedPhone]:
    """An emulated phone (API 34), connected to the private adb server; its serial is its address."""
    with EmulatedPhone(api=34) as phone:
        adb_server.connect(phone.address)
        yield phone
        adb_server.disconnect(phone.address)
