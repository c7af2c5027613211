"""``intent-agent history`` on a journal that a service has written, and writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from agent.cli.app import app
from agent.errors import InvalidPageToken, JournalUnavailable
from agent.journal import Durability, Journal, JournalSettings
from bridge import Outcome, OutcomeStatus
from tools_schema import Call

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIGHT = Call("turn_on_flashlight")
SMS = Call("send_sms", {"to": "Mum", "body": "the secret plan"})


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "journal.sqlite3"
    monkeypatch.setenv("INTENT_AGENT_JOURNAL", str(path))
    return path


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    """A journal that stays open, with a light that was turned on and a message that maybe was sent."""
    settings = JournalSettings(durability=Durability.KILL, private=("send_sms.body",))
    with Journal.open(path, settings=settings) as journal:
        light = begin(journal, "light on", LIGHT)
        hostile = Outcome(OutcomeStatus.VERIFIED, "The light is on.\x1b[2J [red]x[/red]", device="phone-1")
        journal.record_outcome(light, 0, LIGHT, hostile)
        journal.finish_request(light)
        begin(journal, "text Mum the secret plan", SMS)
        yield journal


def begin(journal: Journal, text: str, call: Call) -> str:
    request_id = journal.begin_request(client="ann", method="Execute", content=b"", text=text).record.id
    journal.record_plan(request_id, [call], tool_set_hash="t")
    journal.begin_dispatch(request_id, 0, call, serial="phone-1")
    return request_id


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["history", *arguments], env={"COLUMNS": "200"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


@pytest.mark.usefixtures("journal")
def test_the_list_says_what_is_known_of_each_command() -> None:
    code, out = run("list")
    assert code == 0
    assert "MAYBE_SENT" in out
    assert "light on" in out
    assert "[red]x[/red]" in out
    assert "\x1b" not in out
    assert "secret" not in out


@pytest.mark.usefixtures("journal")
def test_filters_choose_and_pages_go_on() -> None:
    _, out = run("list", "--status", "verified", "--device", "phone-1", "--json")
    assert [json.loads(line)["text"] for line in out.splitlines()] == ["light on"]
    _, out = run("list", "--limit", "1", "--json")
    first, more = (json.loads(line) for line in out.splitlines())
    _, out = run("list", "--limit", "1", "--json", "--page", more["next_page"])
    (second,) = (json.loads(line) for line in out.splitlines())
    assert (first["text_private"], second["text"]) == (True, "light on")
    assert "--page" in run("list", "--limit", "1")[1]
    with pytest.raises(InvalidPageToken):
        run("list", "--page", "x")


@pytest.mark.usefixtures("journal")
def test_nothing_that_fits_is_told_by_the_exit_code() -> None:
    assert run("list", "--until", "2020-01-01") == (3, "")
    assert run("list", "--since", "2020-01-01", "--tool", "turn_on_flashlight")[0] == 0


@pytest.mark.usefixtures("journal")
def test_export_writes_all_as_lines_of_json(tmp_path: Path) -> None:
    code, out = run("export")
    assert code == 0
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["commands"][0]["state"] for line in lines] == ["MAYBE_SENT", "DONE"]
    assert run("export", "--out", str(tmp_path / "all.jsonl")) == (0, "")
    assert (tmp_path / "all.jsonl").read_text(encoding="utf-8") == out


def test_prune_removes_what_has_ended_while_the_service_runs(journal: Journal) -> None:
    assert run("prune", "--keep-days", "0") == (0, "removed 1 request\n")
    assert [record.text_private for record in journal.history.all()] == [True]


@pytest.mark.parametrize("command", [["list"], ["export"], ["prune", "--keep-days", "1"]])
@pytest.mark.usefixtures("path")
def test_without_a_journal_there_is_an_error(command: list[str]) -> None:
    with pytest.raises(JournalUnavailable):
        run(*command)
