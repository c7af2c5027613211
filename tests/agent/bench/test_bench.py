"""A load on a service with the scripted engine; how fast it is is nobody's business here."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from agent.bench import (
    BenchOptions,
    BenchRequest,
    BenchRequestsError,
    Phase,
    draw_latencies,
    made_requests,
    opened_clients,
    read_requests,
    resident_bytes,
    run_bench,
)
from agent.bench._phase import Answer, Sample
from agent.cli._request import served_in_process
from agent.cli.app import app
from agent.client import AsyncIntentAgentClient, Retries
from agent.service import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from agent._agent import IntentAgent
    from agent.bench import BenchResult
    from agent.engines import ScriptedEngine
    from agent.journal import Journal
    from bridge.emulator import EmulatedPhone


async def measured(
    agent: IntentAgent,
    journal: Journal,
    options: BenchOptions,
    texts: Sequence[str],
    serials: Sequence[str] = (),
) -> BenchResult:
    """Put a load of three clients on a service that runs here."""
    requests = itertools.cycle(BenchRequest(text) for text in texts)
    async with running_server(agent, journal, grace=0) as running:

        def connect() -> AsyncIntentAgentClient:
            return AsyncIntentAgentClient(running.address, retries=Retries(attempts=1))

        async with opened_clients(connect, 3, serials) as clients:
            told: list[Phase] = []
            result = await run_bench(clients, requests, options, resident=resident_bytes, tell=told.append)
            assert told == list(result.phases)
            return result


async def test_every_load_has_all_its_requests(
    agent: IntentAgent, journal: Journal, scripted: ScriptedEngine
) -> None:
    options = BenchOptions(requests=7, warm_up=2, compare=True, rate=200.0)
    result = await measured(agent, journal, options, ["light", "alarm", "nothing"])
    assert [(phase.clients, phase.rate) for phase in result.phases] == [(1, None), (3, None), (3, 200.0)]
    assert all(len(phase.latencies) == 7 and not phase.errors for phase in result.phases)
    assert result.ratio is not None
    assert (result.same, result.compared) == (7, 7)
    assert len(scripted.prompts) == 2 + 4 * 7


async def test_without_a_comparison_there_is_one_load(agent: IntentAgent, journal: Journal) -> None:
    result = await measured(agent, journal, BenchOptions(requests=4, warm_up=0), ["light"])
    assert [phase.name for phase in result.phases] == ["3 clients"]
    assert (result.ratio, result.same, result.compared) == (None, None, None)


async def test_a_share_of_what_the_clients_got_is_a_rate(agent: IntentAgent, journal: Journal) -> None:
    result = await measured(agent, journal, BenchOptions(requests=4, warm_up=0, share=0.5), ["light"])
    together, random = result.phases
    assert random.rate == pytest.approx(together.throughput / 2)


async def test_errors_are_counted_and_are_no_answers(agent: IntentAgent, journal: Journal) -> None:
    options = BenchOptions(requests=4, warm_up=0, compare=True)
    result = await measured(agent, journal, options, ["light", "no such date"])
    for phase in result.phases:
        assert phase.errors == {"INVALID_ARGUMENT NO_SUCH_DATE": 2}
        assert len(phase.latencies) == 2
    assert (result.same, result.compared) == (2, 2)


async def test_plans_are_executed_on_the_devices_in_turn(
    agent: IntentAgent, journal: Journal, emulated_phone: EmulatedPhone
) -> None:
    options = BenchOptions(requests=3, warm_up=0)
    result = await measured(agent, journal, options, ["light"], [emulated_phone.address])
    assert result.phases[0].outcomes == {"VERIFIED": 3}
    assert emulated_phone.state.torch


def test_the_same_seed_makes_the_same_requests_and_hardly_one_twice() -> None:
    first, again, other = (
        [request.text for request in itertools.islice(made_requests(seed), 200)] for seed in (1, 1, 2)
    )
    assert first == again != other
    assert len(set(first)) > 120


def test_requests_of_a_file_come_again_and_again(tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    file.write_text('{"text": "wake me", "id": 1}\n\n{"text": "x", "tool_sets": ["a"]}\n', encoding="utf-8")
    wake, other, again = itertools.islice(read_requests(file), 3)
    assert (wake, other) == (BenchRequest("wake me"), BenchRequest("x", ("a",)))
    assert again == wake


@pytest.mark.parametrize("content", ["", "{", "[]", '{"text": 1}', '{"text": "x", "tool_sets": "phone"}'])
def test_a_file_that_has_no_requests_is_an_error_that_names_it(content: str, tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(BenchRequestsError, match=r"requests\.jsonl"):
        read_requests(file)
    with pytest.raises(BenchRequestsError, match="missing"):
        read_requests(tmp_path / "missing")


def phase_of(*seconds: float) -> Phase:
    samples = (Sample(each, Answer("")) for each in seconds)
    return Phase("a load", 1, None, 2.0, (*samples, Sample(9.0, error="INTERNAL BUG")))


def test_a_quantile_is_the_time_within_which_that_share_was_answered() -> None:
    phase = phase_of(*range(20, 0, -1))
    assert [phase.quantile(share) for share in (0.5, 0.95, 0.99, 1.0)] == [10, 19, 20, 20]
    assert phase.throughput == 10


def test_a_load_without_answers_has_no_times() -> None:
    assert json.loads(json.dumps(phase_of().to_json()))["milliseconds"]["p50"] is None


@pytest.mark.parametrize("seconds", [(), (0.1, 0.2, 0.2)])
def test_the_picture_has_every_load(seconds: tuple[float, ...], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    image = tmp_path / "latencies.png"
    draw_latencies([phase_of(*seconds), phase_of(0.3)], image)
    assert image.read_bytes().startswith(b"\x89PNG")


@pytest.fixture
def service(agent: IntentAgent) -> Iterator[str]:
    with served_in_process(agent) as address:
        yield address


@pytest.fixture
def light(tmp_path: Path) -> str:
    file = tmp_path / "requests.jsonl"
    file.write_text('{"text": "light"}\n', encoding="utf-8")
    return str(file)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["bench", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_measures_a_running_service(service: str, light: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    image = tmp_path / "latencies.png"
    arguments = ["--server", service, "--file", light, "--clients", "2", "--requests", "3", "--warm-up", "1"]
    printed = run(*arguments, "--compare", "--share", "0.8", "--picture", str(image), "--json")
    facts: dict[str, Any] = json.loads(printed)
    assert [load["requests"] for load in facts["loads"]] == [3, 3, 3]
    assert facts["compared_plans"] == facts["same_plans"] == 3
    assert facts["resident_bytes"] == {"before": None, "after": None}
    assert image.is_file()


def test_the_command_says_it_for_people(service: str, light: str) -> None:
    printed = run("--server", service, "--file", light, "--clients", "2", "--requests", "3", "--compare")
    assert "1 client: " in printed
    assert "times as many answers as one" in printed
    assert "3 of 3 requests are planned alike" in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rate", "1", "--share", "0.5"], "not both"),
        (["--server", "x:1", "--execute"], "--serial"),
        (["--server", "x:1", "--pid", "999999999"], "no process"),
    ],
)
def test_options_that_cannot_be_used_are_refused(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(app, ["bench", *arguments])
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_service_that_answers_nothing_is_exit_code_6(light: str) -> None:
    arguments = ["--server", "127.0.0.1:1", "--file", light, "--requests", "2", "--warm-up", "0", "--compare"]
    result = CliRunner().invoke(app, ["bench", *arguments])
    assert result.exit_code == 6
    assert "2 times the error UNAVAILABLE NO_SERVICE" in result.stdout
