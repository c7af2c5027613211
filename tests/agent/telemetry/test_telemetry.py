"""What a service tells Prometheus and OpenTelemetry, read as they read it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest
from grpc import aio
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from agent.client import AsyncIntentAgentClient, Retries, ServiceError
from agent.errors import AddressInUse, TelemetryNotInstalled
from agent.security.errors import SettingsError
from agent.service import running_server
from agent.settings import load_settings
from agent.telemetry import Telemetry, TelemetrySettings, open_telemetry
from agent.telemetry._metrics import Metrics, MetricsServer
from agent.telemetry._traces import Traces
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from opentelemetry.sdk.trace import ReadableSpan

    from agent._agent import IntentAgent
    from agent.journal import Journal
    from bridge.emulator import EmulatedPhone


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def scraped() -> Iterator[MetricsServer]:
    server = MetricsServer(Metrics(), "127.0.0.1", 0)
    yield server
    server.close()


@pytest.fixture
async def client(
    agent: IntentAgent, journal: Journal, spans: InMemorySpanExporter, scraped: MetricsServer
) -> AsyncIterator[AsyncIntentAgentClient]:
    traces = Traces(SimpleSpanProcessor(spans))
    async with (
        running_server(agent, journal, telemetry=Telemetry(scraped.metrics, traces), grace=0) as running,
        AsyncIntentAgentClient(running.address, retries=Retries(attempts=1)) as opened,
    ):
        yield opened


def scrape(server: MetricsServer) -> dict[str, float]:
    """Return each sample of the page by its name and labels."""
    with urlopen(f"http://127.0.0.1:{server.port}/metrics") as page:
        lines = page.read().decode().splitlines()
    return {name: float(value) for name, _, value in (x.rpartition(" ") for x in lines if x[0] != "#")}


def named(spans: InMemorySpanExporter, name: str) -> ReadableSpan:
    (span,) = (each for each in spans.get_finished_spans() if each.name == name)
    return span


async def test_a_request_is_one_trace_from_its_words_to_what_was_read_back(
    client: AsyncIntentAgentClient, spans: InMemorySpanExporter, emulated_phone: EmulatedPhone
) -> None:
    steps = [step async for step in client.execute("alarm", serial=emulated_phone.address)]
    request = named(spans, "intentagent.v1.IntentAgentService/Execute")
    plan, dispatch, read_back = (named(spans, name) for name in ("plan", "dispatch", "read back"))
    assert request.parent is None
    for child, parent in ((plan, request), (dispatch, request), (read_back, dispatch)):
        assert child.parent is not None
        assert child.parent.span_id == parent.context.span_id
        moments = (parent.start_time, child.start_time, child.end_time, parent.end_time)
        assert list(moments) == sorted(moment for moment in moments if moment is not None)
    assert request.attributes is not None
    assert request.attributes["rpc.response.status_code"] == "OK"
    assert request.attributes["intent_agent.request_id"] == steps[0].request_id
    assert dispatch.attributes == {
        "intent_agent.tool": "set_alarm",
        "intent_agent.status": "VERIFIED",
        "intent_agent.device": emulated_phone.address,
    }


async def test_a_trace_of_the_caller_goes_on(
    client: AsyncIntentAgentClient, spans: InMemorySpanExporter
) -> None:
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    stub: api_grpc.IntentAgentServiceAsyncStub = api_grpc.IntentAgentServiceStub(client.channel)
    await stub.Plan(api.PlanRequest(text="light"), metadata=(("traceparent", f"00-{trace}-{parent}-01"),))
    request = named(spans, "intentagent.v1.IntentAgentService/Plan")
    assert f"{request.context.trace_id:032x}" == trace
    assert request.parent is not None
    assert f"{request.parent.span_id:016x}" == parent


async def test_an_error_is_told_by_its_code_and_reason_and_not_by_its_words(
    client: AsyncIntentAgentClient, spans: InMemorySpanExporter, scraped: MetricsServer
) -> None:
    with pytest.raises(ServiceError):
        _ = [step async for step in client.execute("light", serial="no-such-phone")]
    request, dispatch = named(spans, "intentagent.v1.IntentAgentService/Execute"), named(spans, "dispatch")
    assert request.attributes is not None
    assert request.attributes["rpc.response.status_code"] == "FAILED_PRECONDITION"
    assert request.status.status_code is StatusCode.UNSET
    assert dispatch.attributes == {"intent_agent.tool": "turn_on_flashlight", "error.type": "UNKNOWN_SERIAL"}
    assert dispatch.status.status_code is StatusCode.ERROR
    assert dispatch.status.description is None
    assert not dispatch.events
    samples = scrape(scraped)
    method = "/intentagent.v1.IntentAgentService/Execute"
    assert samples[f'intent_agent_requests_total{{code="FAILED_PRECONDITION",method="{method}"}}'] == 1
    assert samples['intent_agent_outcomes_total{status="ERROR",tool="turn_on_flashlight"}'] == 1


async def test_no_words_arguments_or_answers_are_told(
    client: AsyncIntentAgentClient,
    spans: InMemorySpanExporter,
    scraped: MetricsServer,
    emulated_phone: EmulatedPhone,
) -> None:
    _ = [step async for step in client.execute("message to alex", serial=emulated_phone.address)]
    told = " ".join(span.to_json() for span in spans.get_finished_spans()) + str(scrape(scraped))
    assert "send_sms" in told
    for private in ("Alex", "message to", "body", '"Hi'):
        assert private not in told


async def test_metrics_count_requests_plans_tokens_and_outcomes(
    client: AsyncIntentAgentClient, scraped: MetricsServer, emulated_phone: EmulatedPhone
) -> None:
    _ = [step async for step in client.execute("light", serial=emulated_phone.address)]
    await client.plan("timer")
    samples = scrape(scraped)
    method = "/intentagent.v1.IntentAgentService/Plan"
    assert samples[f'intent_agent_requests_total{{code="OK",method="{method}"}}'] == 1
    assert samples["intent_agent_plan_seconds_count"] == 2
    assert samples['intent_agent_tokens_total{kind="output"}'] > 0
    assert samples['intent_agent_outcomes_total{status="VERIFIED",tool="turn_on_flashlight"}'] == 1
    assert samples["intent_agent_dispatch_seconds_count"] == 1
    assert samples['intent_agent_waiting{queue="model"}'] == 0
    assert samples["intent_agent_adb_up"] == 1
    assert samples[f'intent_agent_device{{serial="{emulated_phone.address}",state="device"}}'] == 1
    assert any(name.startswith("intent_agent_model_info{engine=") for name in samples)
    assert "process_resident_memory_bytes" in samples


async def test_methods_that_do_not_exist_are_not_counted(
    client: AsyncIntentAgentClient, scraped: MetricsServer
) -> None:
    toast: aio.UnaryUnaryMultiCallable[bytes, bytes] = client.channel.unary_unary(
        "/intentagent.v1.IntentAgentService/Toast"
    )
    with pytest.raises(aio.AioRpcError):
        await toast(b"")
    assert not [name for name in scrape(scraped) if "Toast" in name]


@pytest.mark.parametrize(
    ("package", "module", "settings"),
    [
        ("prometheus_client", "_metrics", TelemetrySettings(metrics=("127.0.0.1", 0))),
        ("opentelemetry.sdk.resources", "_traces", TelemetrySettings(traces="http://127.0.0.1:1")),
    ],
)
def test_without_the_extra_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, package: str, module: str, settings: TelemetrySettings
) -> None:
    monkeypatch.delitem(sys.modules, f"agent.telemetry.{module}", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    told = r"pip install 'intent-agent\[telemetry\]'"
    with pytest.raises(TelemetryNotInstalled, match=told), open_telemetry(settings):
        pass


def test_an_address_that_is_taken_is_told(scraped: MetricsServer) -> None:
    taken = TelemetrySettings(metrics=("127.0.0.1", scraped.port))
    with pytest.raises(AddressInUse, match="cannot serve metrics"), open_telemetry(taken):
        pass


def test_metrics_elsewhere_need_client_certificates() -> None:
    everywhere = {"metrics": "0.0.0.0:9464"}
    with pytest.raises(SettingsError, match=r"metrics: 0\.0\.0\.0 can be reached from other computers"):
        load_settings(**everywhere).telemetry()
    with pytest.raises(SettingsError, match="metrics: 70000 is no port"):
        load_settings(metrics="127.0.0.1:70000").telemetry()
    files = {name: f"{name}.pem" for name in ("tls_certificate", "tls_key", "tls_client_ca")}
    telemetry = load_settings(**everywhere, **files).telemetry()
    assert telemetry.metrics == ("0.0.0.0", 9464)  # noqa: S104 - nothing listens
    assert telemetry.metrics_tls
    assert load_settings(metrics="[::1]:1").telemetry().metrics == ("::1", 1)
    assert load_settings().telemetry() == TelemetrySettings()
