"""``intent-agent bench``: a load on the service, and how fast it answers."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from agent._open import Settings, open_agent
from agent.bench import (
    BenchOptions,
    BenchRequest,
    BenchResult,
    Phase,
    draw_latencies,
    made_requests,
    opened_clients,
    read_requests,
    resident_bytes,
    run_bench,
)
from agent.cli._output import ExitCode, print_json
from agent.cli._progress import build_progress
from agent.cli._remote import remote_async_client
from agent.cli._request import (
    EngineOption,
    JsonOption,
    ModelOption,
    ServerOption,
    served_in_process,
    settings_of,
)
from agent.client import AsyncIntentAgentClient, Retries
from agent.engines import EngineName
from agent.evaluation import require_drawing
from agent.plain_text import plain_text
from bridge.emulator import EmulatedPhone, PrivateAdbServer

__all__ = ["bench"]


def bench(
    clients: Annotated[int, typer.Option("--clients", min=1, help="Clients at once.")] = 8,
    requests: Annotated[int, typer.Option("--requests", min=1, help="Requests of each load.")] = 100,
    warm_up: Annotated[
        int, typer.Option("--warm-up", min=0, help="Requests before the first load; they do not count.")
    ] = 20,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare", help="Measure one client first, and compare the plans that one and all clients get."
        ),
    ] = False,
    rate: Annotated[
        float | None,
        typer.Option("--rate", min=0.001, help="Also a load that comes at this many requests a second."),
    ] = None,
    share: Annotated[
        float | None,
        typer.Option(
            "--share", min=0.01, max=2, help="Also a load at this share of what all clients together got."
        ),
    ] = None,
    execute: Annotated[
        bool, typer.Option("--execute", help="Execute the plans, without a service on emulated phones.")
    ] = False,
    phones: Annotated[int, typer.Option("--phones", min=1, help="Emulated phones for --execute.")] = 2,
    serials: Annotated[
        list[str] | None,
        typer.Option("--serial", help="A device of --server for --execute; may be repeated."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", help='Requests as JSON lines such as {"text": "…"}; made ones without.'),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the made requests and of when they come.")] = 1,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.001, help="The deadline of a request in seconds.")
    ] = 60.0,
    picture: Annotated[
        Path | None, typer.Option("--picture", help="Write histograms of the latencies to this PNG file.")
    ] = None,
    server: ServerOption = "",
    pid: Annotated[
        int | None, typer.Option("--pid", help="The process of --server, to say how much memory it takes.")
    ] = None,
    slots: Annotated[
        int, typer.Option("--slots", min=1, max=64, help="Requests that the model answers at once.")
    ] = 8,
    model: ModelOption = None,
    engine: EngineOption = EngineName.LLAMACPP,
    json: JsonOption = False,
) -> None:
    """Put a load on the service and say how many requests it answers, and how fast.

    The service is that of --server, else one in this process. Clients send a request as soon as they have
    the answer to the one before; with --rate or --share another load follows, whose requests come at random
    moments, whether answers do or not. A request that is refused is an error and is not sent again.

    Exit code 6 where no request was answered.
    """
    if rate is not None and share is not None:
        raise typer.BadParameter("give --rate or --share, not both")
    if server and execute and not serials:
        raise typer.BadParameter("--execute with --server needs the devices: give --serial")
    if pid is not None:
        _check_process(pid)
    if picture:
        require_drawing()
    chosen = read_requests(file) if file else made_requests(seed)
    options = BenchOptions(requests, warm_up, compare, rate, share, seed)
    settings = replace(settings_of(model, None, engine=engine), slots=slots)
    tell = _say_nothing if json else _print_phase
    with ExitStack() as stack:
        if server:
            target = _Target(server, tuple(serials or ()) if execute else (), pid)
        else:
            target = stack.enter_context(_in_process(settings, phones if execute else 0))
        result = asyncio.run(_run(target, clients, chosen, options, timeout, tell))
    if json:
        print_json(result.to_json())
    else:
        _print_facts(result)
    if picture:
        _draw(result, picture)
    if not any(phase.latencies for phase in result.phases):
        raise typer.Exit(ExitCode.SERVICE)


@dataclass(frozen=True, slots=True)
class _Target:
    """A service to put a load on. ``serials`` are its devices, empty where it only plans."""

    address: str
    serials: tuple[str, ...]
    process: int | None
    here: bool = False

    def resident(self) -> int | None:
        return resident_bytes(self.process) if self.here or self.process else None

    def connect(self, timeout: float) -> AsyncIntentAgentClient:
        # A request that is refused counts as an error, so none is made again.
        if self.here:
            return AsyncIntentAgentClient(self.address, timeout=timeout, retries=Retries(attempts=1))
        return remote_async_client(self.address, timeout=timeout, retries=Retries(attempts=1))


@contextmanager
def _in_process(settings: Settings, phones: int) -> Iterator[_Target]:
    with ExitStack() as stack:
        serials = []
        if phones:
            adb = stack.enter_context(PrivateAdbServer())
            settings = replace(settings, adb_port=adb.port)
            for _ in range(phones):
                phone = stack.enter_context(EmulatedPhone())
                adb.connect(phone.address)
                serials.append(phone.address)
        with build_progress() as progress:
            agent = open_agent(settings, progress)
        stack.callback(agent.close)
        yield _Target(stack.enter_context(served_in_process(agent)), tuple(serials), None, here=True)


async def _run(
    target: _Target,
    clients: int,
    requests: Iterator[BenchRequest],
    options: BenchOptions,
    timeout: float,
    tell: Callable[[Phase], None],
) -> BenchResult:
    connect = functools.partial(target.connect, timeout)
    async with opened_clients(connect, clients, target.serials) as opened:
        return await run_bench(opened, requests, options, resident=target.resident, tell=tell)


def _check_process(process: int) -> None:
    try:
        resident_bytes(process)
    except ProcessLookupError as error:
        raise typer.BadParameter(f"{error}: give --pid of the service") from error


def _draw(result: BenchResult, picture: Path) -> None:
    try:
        draw_latencies(result.phases, picture)
    except OSError as error:
        raise typer.BadParameter(f"{picture} cannot be written: {error.strerror}") from error


def _say_nothing(_: Phase) -> None:
    pass


def _print_phase(phase: Phase) -> None:
    times = ", ".join(
        f"{name} {1000 * phase.quantile(share):.0f}"
        for name, share in (("median", 0.5), ("95 %", 0.95), ("99 %", 0.99), ("longest", 1.0))
    )
    print(f"{phase.name}: {phase.throughput:.2f} answers a second; milliseconds: {times}")
    for kind, counts in (("outcome", phase.outcomes), ("error", phase.errors)):
        for what, count in counts.most_common():
            print(f"  {count} times the {kind} {plain_text(what)}")


def _print_facts(result: BenchResult) -> None:
    if result.ratio is not None:
        print(f"all clients together get {result.ratio:.2f} times as many answers as one")
        print(f"{result.same} of {result.compared} requests are planned alike for one client and for all")
    last = result.phases[-1]
    if last.rate and last.latencies:
        print(f"at {last.rate:.2f} a second 95 % is {last.quantile(0.95) / last.quantile(0.5):.2f} medians")
    before, after = result.resident
    if before is not None and after is not None:
        print(f"memory: {before / 1e6:.0f} MB after the warm-up, {after / 1e6:.0f} MB at the end")
