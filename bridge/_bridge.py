"""The bridge: a call goes in, what happened on the phone comes out."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from bridge._checks import check_match, check_text, confirmation, missing_arguments
from bridge._deadline import Deadline
from bridge._devices import Device, is_address, select
from bridge._from_rule import intent_from_rule, time_zone_named
from bridge._operations import HANDLERS
from bridge._people import Resolved, has_names, resolve_names, unresolved_person
from bridge._phone import COMES_BACK_SECONDS, AfterSending, BeforeSending, Phone
from bridge._queue import DeviceQueues
from bridge._reconnect import Reconnector
from bridge._start import start_intent
from bridge._tiles import set_tile
from bridge._transport import AdbServer, Attached
from bridge._watch import DeviceWatch
from bridge.errors import (
    AdbServerError,
    DeviceChoiceError,
    DeviceOfflineError,
    InvalidValueError,
    TransportError,
    UnknownSerialError,
)
from bridge.outcome import Evidence, Outcome, OutcomeStatus
from tools_schema import Call, IntentRule, OperationRule, TileRule, Tool

if TYPE_CHECKING:
    from datetime import tzinfo

    from bridge._intent import Intent

__all__ = ["Bridge"]

_LISTED_AT_ONCE = 8

_Action: TypeAlias = Callable[[Phone], Outcome]


@dataclass(frozen=True, slots=True)
class _Properties:
    connection: str
    model: str
    api_level: int
    shell_v2: bool


class Bridge:
    """The way to the devices of one adb server.

    The server is used as it is: never started and never stopped. All methods may be called from several
    threads; calls to one device run one after the other, calls to several devices side by side.

    With ``reconnect``, devices at a ``host:port`` that have been used are connected again after a loss, in a
    thread that ``close`` ends.
    """

    def __init__(self, adb_host: str = "127.0.0.1", adb_port: int = 5037, *, reconnect: bool = False) -> None:
        self._server = AdbServer(adb_host, adb_port)
        self._reconnector = Reconnector(self._server) if reconnect else None
        self._properties: dict[str, _Properties] = {}
        self._queues = DeviceQueues()

    def devices(self, *, timeout: float = 5.0) -> tuple[Device, ...]:
        """Return the devices that the adb server knows, in any state.

        ``timeout`` in seconds covers all of them; a device that does not tell its properties in time is
        listed without.

        Raises:
            AdbServerError: no server answers.
            TransportError: the server does not answer in time, or is none.

        """
        deadline = Deadline(timeout)
        attached = self._server.attached(deadline)
        # Side by side: one that does not answer keeps the others from nothing.
        with ThreadPoolExecutor(_LISTED_AT_ONCE) as pool:
            return tuple(pool.map(lambda device: self._device(device, deadline), attached))

    def watch(self) -> DeviceWatch:
        """Return an iterator over the devices that come, go or change, those that are there now first."""
        return DeviceWatch(self._server)

    def execute(
        self,
        call: Call,
        tool: Tool,
        *,
        serial: str | None = None,
        time_zone: str = "UTC",
        timeout: float = 20.0,
        confirmed: bool = False,
        before_sending: BeforeSending | None = None,
        after_sending: AfterSending | None = None,
    ) -> Outcome:
        """Do what the call says on the device, and read back what came of it.

        ``serial`` may be left out where there is only one device; a ``host:port`` that the adb server does
        not know is connected. A device that has just gone offline is waited for. ``time_zone`` (an IANA
        name) is that of the call's times. ``timeout`` in seconds covers everything, the wait for the
        device included. A call that is risky gives NEEDS_CONFIRMATION and does nothing unless ``confirmed``.
        ``before_sending`` and ``after_sending`` are called as their types say; what they raise goes through.

        Raises:
            CallMismatchError, InvalidValueError, UnknownTimeZoneError, CommandTooLongError,
            UnsupportedRuleError: the call cannot be sent as it is; nothing was done.
            AdbServerError, DeviceChoiceError, DeviceBusyError: no device could be used; nothing was done.
            TransportError: the device did not answer before anything was done.

        """
        start = time.monotonic()
        if timeout <= 0:
            raise InvalidValueError(f"the timeout is {timeout:g} s; it has to be more than 0")
        deadline = Deadline(timeout)
        check_match(call, tool)
        for name, value in call.arguments.items():
            check_text(name, value)
        zone = time_zone_named(time_zone)
        if question := missing_arguments(call, tool) or unresolved_person(call, tool):
            return _timed(Outcome(OutcomeStatus.NEEDS_CLARIFICATION, question), start)
        intent, action = _plan(call, tool, zone)
        if action is None:
            return _timed(
                Outcome(
                    OutcomeStatus.UNSUPPORTED, f"{tool.name} cannot be done on a phone yet.", intent=intent
                ),
                start,
            )
        named = has_names(call, tool)
        if named:
            intent, action = None, _with_names_resolved(call, tool, zone, confirmed=confirmed)
        attached = self._choose(serial, deadline)
        if not (confirmed or named) and (reason := confirmation(call, tool, attached.serial)):
            outcome = Outcome(OutcomeStatus.NEEDS_CONFIRMATION, reason, intent=intent, device=attached.serial)
            return _timed(outcome, start)
        if self._reconnector and is_address(attached.serial):
            self._reconnector.keep(attached.serial)
        with self._queues.turn(attached.serial, deadline):
            phone = self._phone(attached, deadline, before_sending, after_sending)
            outcome = _run(action, phone, intent)
        return _timed(replace(outcome, evidence=tuple(phone.evidence), device=attached.serial), start)

    def phone(self, serial: str | None = None, *, timeout: float = 20.0) -> Phone:
        """Return a device for commands of one's own, all of them within ``timeout`` seconds.

        They do not queue with requests: it is for programs that have the device to themselves. Raises what
        ``execute`` raises where no device can be used.
        """
        deadline = Deadline(timeout)
        return self._phone(self._choose(serial, deadline), deadline)

    def close(self) -> None:
        """Forget what is known of the devices, and keep none connected. The adb server goes on."""
        self._properties.clear()
        if self._reconnector:
            self._reconnector.close()

    def _phone(
        self,
        attached: Attached,
        deadline: Deadline,
        before_sending: BeforeSending | None = None,
        after_sending: AfterSending | None = None,
    ) -> Phone:
        properties = self._read_properties(attached, deadline)
        return Phone(
            self._server,
            attached.serial,
            properties.api_level,
            deadline,
            shell_v2=properties.shell_v2,
            before_sending=before_sending,
            after_sending=after_sending,
        )

    def _device(self, attached: Attached, deadline: Deadline) -> Device:
        device = Device(attached.serial, attached.state, attached.model)
        if attached.state != "device":
            return device
        try:
            properties = self._read_properties(attached, deadline)
        except (TransportError, DeviceChoiceError):
            return device
        return replace(device, model=properties.model or device.model, api_level=properties.api_level)

    def _read_properties(self, attached: Attached, deadline: Deadline) -> _Properties:
        known = self._properties.get(attached.serial)
        if known and known.connection == attached.connection:
            return known
        shell_v2 = "shell_v2" in self._server.features(attached.serial, deadline)
        phone = Phone(self._server, attached.serial, 0, deadline, shell_v2=shell_v2)
        level = phone.run("getprop", "ro.build.version.sdk").stdout.strip()
        model = phone.run("getprop", "ro.product.model").stdout.strip()
        properties = _Properties(attached.connection, model, int(level) if level.isdecimal() else 0, shell_v2)
        if attached.connection and properties.api_level:
            self._properties[attached.serial] = properties
        return properties

    def _choose(self, serial: str | None, deadline: Deadline) -> Attached:
        attached = self._server.attached(deadline)
        if serial is not None and is_address(serial) and all(serial != device.serial for device in attached):
            self._server.connect(serial, deadline)
            attached = self._server.attached(deadline)
        try:
            return select(attached, serial)
        except DeviceOfflineError as error:
            lost = error.metadata["serial"]
            with suppress(TransportError, UnknownSerialError):
                self._server.wait_for(lost, Deadline(min(COMES_BACK_SECONDS, deadline.remaining())))
        return select(self._server.attached(deadline), serial)


def _plan(call: Call, tool: Tool, zone: tzinfo) -> tuple[Intent | None, _Action | None]:
    """Return the intent, where the tool is one, and what is to be done; None where nothing can be."""
    match tool.target:
        case IntentRule() as rule:
            intent = intent_from_rule(call, tool, rule, zone)
            return intent, lambda phone: start_intent(phone, intent, tool.read_back)
        case OperationRule(operation) if operation in HANDLERS:
            handler = HANDLERS[operation]
            return None, lambda phone: handler(phone, call)
        case TileRule() as rule:
            return None, lambda phone: set_tile(phone, rule)
        case _:
            return None, None


def _with_names_resolved(call: Call, tool: Tool, zone: tzinfo, *, confirmed: bool) -> _Action:
    """Return what looks names up first, then asks for the confirmation that is due, then does the call."""

    def action(phone: Phone) -> Outcome:
        resolved = resolve_names(phone, call, tool)
        if not isinstance(resolved, Resolved):
            return resolved
        intent, act = _plan(resolved.call, tool, zone)
        if act is None:
            return Outcome(OutcomeStatus.UNSUPPORTED, f"{tool.name} cannot be done on a phone yet.")
        if not confirmed and (reason := confirmation(resolved.call, tool, phone.serial)):
            message = f"{'; '.join(resolved.found.values())}: {reason}"
            status = OutcomeStatus.NEEDS_CONFIRMATION
            return Outcome(status, message, intent=intent, read_back=resolved.found)
        outcome = act(phone)
        return replace(outcome, read_back={**resolved.found, **outcome.read_back})

    return action


def _run(action: _Action, phone: Phone, intent: Intent | None) -> Outcome:
    try:
        return action(phone)
    except (TransportError, DeviceChoiceError, AdbServerError) as error:
        message = f"{error.message[:1].upper()}{error.message[1:]}"
        known = (
            "what was asked may have been done all the same: look before you ask again"
            if phone.may_have_changed
            else "nothing was changed on the phone"
        )
        return Outcome(
            OutcomeStatus.FAILED,
            f"{message}; {known}.",
            intent=intent,
            may_have_run=phone.may_have_changed,
        )


def _timed(outcome: Outcome, start: float) -> Outcome:
    """Return the outcome with its time, and with no more of what the phone said than evidence keeps."""
    return replace(
        outcome,
        message=_cut(outcome.message),
        choices=tuple(_cut(choice) for choice in outcome.choices),
        read_back={name: _cut(value) for name, value in outcome.read_back.items()},
        elapsed_ms=(time.monotonic() - start) * 1000,
    )


def _cut(text: str) -> str:
    return text if len(text) <= Evidence.LIMIT else f"{text[: Evidence.LIMIT - 1]}…"
