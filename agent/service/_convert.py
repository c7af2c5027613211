"""The domain's dataclasses as messages of the gRPC API, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from google.protobuf import json_format, struct_pb2

from agent.planning import Exchange, Missing
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import outcome_pb2, plan_pb2
from tools_schema import Call, Parameter, Tool, ToolSet, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agent._agent import PlannedRequest
    from agent.engines import ModelInfo
    from bridge import Device, Evidence, Intent, Outcome

__all__ = [
    "call_from_message",
    "call_to_message",
    "device_to_message",
    "exchange_from_message",
    "intent_to_message",
    "model_to_message",
    "outcome_to_message",
    "plan_to_message",
    "tools_to_message",
]


def call_to_message(call: Call) -> plan_pb2.Call:
    """Return the message for a call."""
    arguments = struct_pb2.Struct()
    json_format.ParseDict(dict(call.arguments), arguments)
    return plan_pb2.Call(tool=call.name, arguments=arguments, tool_hash=call.tool_hash)


def call_from_message(message: plan_pb2.Call) -> Call:
    """Return the call in a message; JSON numbers without a fraction become integers."""
    arguments = json_format.MessageToDict(message.arguments)
    return Call(message.tool, {key: _integral(value) for key, value in arguments.items()}, message.tool_hash)


def exchange_from_message(message: plan_pb2.Exchange) -> Exchange:
    """Return the exchange in a message."""
    return Exchange(
        text=message.text,
        calls=tuple(call_from_message(call) for call in message.calls),
        missing=tuple(Missing(missing.tool, missing.parameter) for missing in message.missing),
    )


def plan_to_message(planned: PlannedRequest, tool_set: ToolSet) -> plan_pb2.Plan:
    """Return the message for a request that was planned with the tools of a set."""
    plan = planned.plan
    timings = plan.timings
    return plan_pb2.Plan(
        text=planned.text,
        tool_sets=planned.tool_sets,
        tool_set_hash=plan.tool_set_hash,
        now=planned.now.isoformat(timespec="seconds"),
        time_zone=planned.time_zone,
        calls=[call_to_message(call) for call in plan.calls],
        missing=[plan_pb2.MissingArgument(tool=m.tool, parameter=m.parameter) for m in plan.missing],
        problems=plan.problems,
        reason=plan.reason,
        model_text=plan.raw,
        model_sha256=plan.model,
        question=_question(plan.missing, tool_set),
        timings=plan_pb2.PlanTimings(
            total_ms=timings.total_ms,
            prefill_ms=timings.prefill_ms,
            decode_ms=timings.decode_ms,
            prompt_tokens=timings.prompt_tokens,
            cached_tokens=timings.cached_tokens,
            output_tokens=timings.output_tokens,
        ),
    )


def outcome_to_message(outcome: Outcome, index: int, call: Call) -> outcome_pb2.Outcome:
    """Return the message for what happened to the call at a position of the plan."""
    return outcome_pb2.Outcome(
        status=f"OUTCOME_STATUS_{outcome.status.value}",
        message=outcome.message,
        intent=None if outcome.intent is None else intent_to_message(outcome.intent),
        evidence=[_evidence(evidence) for evidence in outcome.evidence],
        read_back=dict(outcome.read_back),
        serial=outcome.device,
        elapsed_ms=outcome.elapsed_ms,
        call_index=index,
        call=call_to_message(call),
        may_have_run=outcome.may_have_run,
        choices=outcome.choices,
    )


def tools_to_message(
    names: Iterable[str], tool_set: ToolSet, available: Iterable[str], known: frozenset[str]
) -> api.ListToolsResponse:
    """Return the message that lists the tools of the named sets, which are united in ``tool_set``.

    ``available`` are the names of all sets, ``known`` the signatures that the model knows.
    """
    return api.ListToolsResponse(
        tools=[_tool(tool, tool.signature in known) for tool in tool_set.tools],
        tool_sets=names,
        tool_set_hash=tool_set.hash,
        available_tool_sets=sorted(available),
    )


def device_to_message(device: Device) -> api.Device:
    """Return the message for a device."""
    return api.Device(
        serial=device.serial, state=device.state, model=device.model, api_level=device.api_level or 0
    )


def model_to_message(info: ModelInfo, tool_sets: Mapping[str, ToolSet]) -> api.GetModelResponse:
    """Return the message for the model, naming the tools that it knows without a declaration."""
    known = [
        f"{name}/{tool.name}"
        for name, tool_set in sorted(tool_sets.items())
        for tool in tool_set.tools
        if tool.signature in info.known
    ]
    return api.GetModelResponse(
        engine=info.engine,
        name=info.name,
        sha256=info.sha256,
        prompt_order=info.order.value.lower(),
        vocabulary_size=info.vocabulary_size,
        context_tokens=info.context,
        known_tools=known,
    )


def _question(missing: Sequence[Missing], tool_set: ToolSet) -> str:
    """Return what to ask for what is missing, in the words of the schema."""
    asked = []
    for each in missing:
        tool = tool_set.tool(each.tool)
        parameter = tool and tool.parameter(each.parameter)
        about = f" ({parameter.description.rstrip('.')}.)" if parameter and parameter.description else ""
        asked.append(f"What is the {each.parameter.replace('_', ' ')}?{about}")
    return " ".join(asked)


def _tool(tool: Tool, known: bool) -> api.ToolDescription:
    return api.ToolDescription(
        name=tool.name,
        description=tool.description,
        parameters=[_parameter(parameter) for parameter in tool.parameters],
        risk=tool.risk.value,
        method=tool.method,
        hash=tool.hash,
        known_to_model=known,
    )


def _parameter(parameter: Parameter) -> api.ParameterDescription:
    return api.ParameterDescription(
        name=parameter.name,
        type=parameter.type.value,
        kind=parameter.kind.value,
        description=parameter.description,
        required=parameter.required,
        one_of=parameter.one_of,
    )


def intent_to_message(intent: Intent) -> outcome_pb2.Intent:
    """Return the message for an intent."""
    return outcome_pb2.Intent(
        action=intent.action,
        data=intent.data,
        mime_type=intent.mime_type,
        categories=intent.categories,
        extras=[
            outcome_pb2.IntentExtra(key=extra.key, type=extra.type.value, value=_extra_text(extra.value))
            for extra in intent.extras
        ],
    )


def _extra_text(value: str | bool | int | Sequence[str] | Sequence[int]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    return ",".join(str(item) for item in value)


def _evidence(evidence: Evidence) -> outcome_pb2.Evidence:
    return outcome_pb2.Evidence(
        argv=evidence.argv,
        exit_code=evidence.exit_code,
        stdout=evidence.stdout,
        stderr=evidence.stderr,
        elapsed_ms=evidence.elapsed_ms,
        data=evidence.data,
    )


def _integral(value: object) -> Value:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_integral(item) for item in value]
    if isinstance(value, dict):
        return {key: _integral(item) for key, item in value.items()}
    return cast("Value", value)
