"""``serve`` and ``token`` as their own processes, with a scripted model."""

from __future__ import annotations

import json
import logging
import signal
import stat
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import trustme

from agent.cli.app import main
from agent.client import ClientTls, IntentAgentClient, ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., tuple[int, str, str]]

PROGRAM = """
from agent._agent import IntentAgent
from agent._tool_sets import load_tool_sets
from agent.cli import serve
from agent.cli.app import main
from agent.engines import ScriptedEngine
from bridge import Bridge

CALL = "<start_function_call>call:%s{}<end_function_call><start_function_response>"
SCRIPT = ScriptedEngine(lambda prompt: CALL % "turn_on_flashlight")
serve.open_agent = lambda settings, progress: IntentAgent(
    SCRIPT, Bridge(settings.adb_host, settings.adb_port), load_tool_sets(settings.tool_folders)
)
main()
"""


class Service:
    """A service in a process of its own, with its configuration in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.address = ""
        self._process: subprocess.Popen[str] | None = None

    @contextmanager
    def running(self, *arguments: str) -> Iterator[str]:
        """Serve until the block ends, and be sure that it ends well."""
        command = [sys.executable, "-c", PROGRAM, "serve", "--port", "0", "--json", *arguments]
        with (
            self.log.open("w") as log,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as self._process,
        ):
            assert self._process.stdout is not None
            line = self._process.stdout.readline()
            assert line, self.log.read_text()
            self.address = json.loads(line)["address"]
            try:
                yield self.address
            finally:
                self._process.terminate()
            assert self._process.wait(60) == 0

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Service(tmp_path)


@pytest.fixture
def run(
    service: Service,  # noqa: ARG001 - its folders
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Run]:
    """Run a command in this process; return its exit code, standard output and standard error."""

    def run_main(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["intent-agent", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        captured = capsys.readouterr()
        return int(left.value.code or 0), captured.out, captured.err

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield run_main
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_protected_service_from_its_first_token_to_its_last_request(
    service: Service, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost", "127.0.0.1")
    (tmp_path / "server.key").touch(0o600)
    leaf.private_key_pem.write_to_path(tmp_path / "server.key")
    leaf.cert_chain_pems[0].write_to_path(tmp_path / "server.pem")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    policy = tmp_path / "policy.toml"
    policy.write_text("")
    config = tmp_path / "config.toml"
    config.write_text(
        """
        host = "0.0.0.0"
        authentication = "required"
        credentials = "credentials.json"
        tls_certificate = "server.pem"
        tls_key = "server.key"
        policy = "policy.toml"
        journal = "journal.sqlite3"
        log_format = "json"
        """
    )
    code, added, told = run("token", "add", "kitchen", "--scope", "plan", "--config", str(config))
    token = added.strip()
    assert code == 0
    assert "kitchen may plan" in told
    with service.running("--config", str(config)) as address:
        local = f"localhost:{address.rpartition(':')[2]}"
        tls = ClientTls(ca=tmp_path / "ca.pem")
        code, _, told = run("plan", "light", "--server", local)
        assert code
        assert told.startswith("error: ")
        monkeypatch.setenv("INTENT_AGENT_CA", str(tmp_path / "ca.pem"))
        code, _, told = run("plan", "light", "--server", local)
        assert "send the metadata `authorization: Bearer TOKEN`" in told
        monkeypatch.setenv("INTENT_AGENT_TOKEN", token)
        code, planned, _ = run("plan", "light", "--server", local)
        assert (code, "turn_on_flashlight" in planned) == (0, True)
        with IntentAgentClient(local, tls=tls, token=token) as client:
            assert [call.tool for call in client.plan("light").calls] == ["turn_on_flashlight"]
            with pytest.raises(ServiceError, match="has the scope 'plan'; this needs 'execute'"):
                list(client.execute("light"))
            policy.write_text("[clients.kitchen.tools.turn_on_flashlight]\nforbidden = true")
            assert "turn_on_flashlight" not in {tool.name for tool in client.list_tools().tools}
            assert run("token", "revoke", "kitchen", "--config", str(config))[0] == 0
            with pytest.raises(ServiceError) as refused:
                client.plan("light")
            assert refused.value.reason == "INVALID_TOKEN"
    # gRPC's core writes lines of its own about handshakes that failed.
    logged = service.log.read_text().splitlines()
    lines = [json.loads(line) for line in logged if line.startswith("{")]
    assert {"listening", "stopping"} <= {line["message"].split()[0] for line in lines}
    assert token not in service.log.read_text()
    assert token.rpartition("_")[2] not in (tmp_path / "credentials.json").read_text()
    assert stat.S_IMODE((tmp_path / "journal.sqlite3").stat().st_mode) == 0o600


def test_a_certificate_that_cannot_be_read_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTENT_AGENT_CA", "none.pem")
    code, _, told = run("plan", "light", "--server", "localhost:1")
    assert code == 2
    assert "none.pem cannot be read" in told


def test_on_hangup_the_policy_is_read_again_and_a_fault_in_it_ends_nothing(
    service: Service, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("")
    with service.running("--policy", str(policy)) as address, IntentAgentClient(address) as client:
        policy.write_text("[tools.nothing]\nforbidden = true")
        service.signal(signal.SIGHUP)
        assert client.plan("light").calls
        policy.write_text('[tools."*"]\nforbidden = true')
        service.signal(signal.SIGHUP)
        assert not client.list_tools().tools
    log = service.log.read_text()
    assert "line 1, key tools.nothing: no tool set that is served has a tool 'nothing'" in log
    assert "credentials, policy and settings were read again" in log


def test_on_hangup_the_settings_are_read_again_and_those_that_need_a_restart_are_named(
    service: Service, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('log_format = "text"')
    with service.running("--config", str(config)) as address, IntentAgentClient(address) as client:
        config.write_text('log_format = "json"\ndispatches = 3\nwaiting = 3')
        service.signal(signal.SIGHUP)
        assert client.plan("light").calls
        config.write_text("waiting = 'x'")
        service.signal(signal.SIGHUP)
        assert client.plan("light").calls
    lines = [json.loads(line)["message"] for line in service.log.read_text().splitlines() if line[0] == "{"]
    assert lines[:2] == [
        "credentials, policy and settings were read again",
        "the setting dispatches has changed and needs a restart",
    ]
    assert "config.toml: waiting: Input should be a valid integer" in lines[2]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--host", "0.0.0.0"), "0.0.0.0 can be reached from other computers, and there is no TLS"),  # noqa: S104
        (("--authentication", "maybe"), "--authentication: Input should be 'off' or 'required'"),
        (("--config", "none.toml"), "the settings none.toml cannot be read: No such file"),
        (("--policy", "none.toml"), "the policy none.toml cannot be read: No such file"),
        (("--tls-key", "k"), "tls_certificate and tls_key belong together"),
        (("--tls-key", "k", "--tls-certificate", "c"), "c cannot be read: No such file"),
    ],
)
def test_what_cannot_be_served_is_told_in_one_line_before_the_model_is_loaded(
    run: Run, arguments: tuple[str, ...], told: str
) -> None:
    code, _, err = run("serve", *arguments)
    assert code == 2
    assert err.startswith("error: ")
    assert told in err
    assert err.count("\n") == 1


def test_tokens_are_listed_without_what_opens_anything(run: Run) -> None:
    _, added, _ = run("token", "add", "bob", "--device", "emulator-5554", "--expires", "4w", "--json")
    run("token", "add", "eve", "--certificate", "eve.example", "--expires", "never")
    token = json.loads(added)["token"]
    _, listed, _ = run("token", "list", "--json")
    bob, eve = (json.loads(line) for line in listed.splitlines())
    assert (bob["client"], bob["scope"], bob["devices"]) == ("bob", "execute", ["emulator-5554"])
    assert (bob["state"], eve["certificate"], eve["expires"]) == ("valid", "eve.example", None)
    assert token.rpartition("_")[2] not in listed
    code, table, _ = run("token", "list")
    assert code == 0
    assert bob["id"] in table


@pytest.mark.parametrize(
    "arguments",
    [("add", "bob", "--expires", "soon"), ("add", "a/b"), ("add", "bob", "--scope", "root"), ("revoke", "x")],
)
def test_a_token_command_that_makes_no_sense_leaves_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    code, _, _ = run("token", *arguments)
    assert code == 2
