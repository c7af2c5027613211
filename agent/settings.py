"""Everything that can be set about the service, from one place: flags, the environment, a file, defaults.

The first that says something wins. The file is TOML with the names of the fields below; the environment has
them in upper case after ``INTENT_AGENT_`` (``INTENT_AGENT_TLS_KEY``), lists separated by commas.
"""

from __future__ import annotations

import dataclasses
import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from platformdirs import user_config_dir
from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableVariable

from agent._open import Settings as AgentSettings
from agent.engines import EngineName
from agent.journal import Durability, JournalSettings, default_journal_path
from agent.security import SecurityOptions, TlsFiles, is_loopback
from agent.security.errors import SettingsError
from agent.service import ServiceLimits
from agent.telemetry import TelemetrySettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["RELOADABLE", "Settings", "default_credentials", "load_settings"]

_QUEUES = ("waiting_per_client", "waiting", "device_waiting_per_client", "device_waiting")
RELOADABLE = frozenset(("log_level", "log_format", *_QUEUES))
"""Settings that a service takes while it runs; the others need a restart."""

_JOURNAL = JournalSettings()
_LIMITS = ServiceLimits()
_LAST_PORT = 65_535
_PREFIX = "INTENT_AGENT_"
_CONFIG_VARIABLE = "INTENT_AGENT_CONFIG"


def _split(value: object) -> object:
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


_Paths = Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_split)]
_Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


def default_credentials() -> Path:
    """Return where the file of credentials is unless somebody says otherwise: in the user's configuration."""
    return Path(user_config_dir("intent-agent")) / "credentials.json"


class Settings(BaseSettings):
    """The settings of ``intent-agent serve``. Get them from ``load_settings``."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    host: str = "127.0.0.1"
    """Where to listen. Anything but this computer needs TLS and authentication."""
    port: int = Field(default=50551, ge=0, le=_LAST_PORT)
    """0 takes a free port."""
    grace_seconds: float = Field(default=5.0, ge=0)
    """How long running requests may go on when the service stops."""

    model: Path | None = None
    """A GGUF file to use as it is; without it the one built from the packaged base."""
    engine: EngineName = EngineName.LLAMACPP
    """What runs the model: llamacpp, or ctransformers for files of `intent-agent model convert`."""
    tools: _Paths = ()
    """Folders of .proto files, each a tool set."""
    tool_set: _Names = ()
    """The tool sets of requests that name none; where empty, "phone" and those of ``tools``."""
    adb: str = Field(default="127.0.0.1:5037", pattern=r"^.+:\d{1,5}$")
    """The adb server."""
    threads: int = Field(default=0, ge=0)
    """Threads of the model; 0 is one a core."""
    engine_slots: int = Field(default=8, ge=1, le=64)
    """Requests that the model answers at once; always 1 with ctransformers."""

    authentication: Literal["off", "required"] = "off"
    """Whether a request needs a token or a known client certificate."""
    credentials: Path = Field(default_factory=default_credentials)
    """The file that ``intent-agent token`` writes."""
    tls_certificate: Path | None = None
    """The server's certificate and chain, PEM."""
    tls_key: Path | None = None
    """The certificate's key, PEM."""
    tls_client_ca: Path | None = None
    """Who signs the certificates that clients then need, PEM."""
    policy: Path | None = None
    """The policy file."""
    max_request_bytes: int = Field(default=1 << 20, ge=1 << 10, le=64 << 20)
    """The longest message that is accepted."""
    max_concurrent_rpcs: int = Field(default=512, ge=1)
    """RPCs at once, of all clients together."""

    waiting_per_client: int = Field(default=_LIMITS.waiting_per_client, ge=0)
    """Requests of one client that wait for the model."""
    waiting: int = Field(default=_LIMITS.waiting, ge=0)
    """Requests of all clients that wait for the model."""
    device_waiting_per_client: int = Field(default=_LIMITS.device_waiting_per_client, ge=0)
    """Calls of one client that wait for one device."""
    device_waiting: int = Field(default=_LIMITS.device_waiting, ge=0)
    """Calls of all clients that wait for one device."""
    dispatches: int = Field(default=_LIMITS.dispatches, ge=1)
    """Calls under way on all devices together."""
    questions_per_client: int = Field(default=_LIMITS.questions_per_client, ge=1)
    """Calls of one client that wait for a confirmation."""
    conversations_per_client: int = Field(default=_LIMITS.conversations_per_client, ge=1)
    """Conversations of one client that are remembered."""
    conversation_seconds: float = Field(default=_LIMITS.conversation_seconds, gt=0)
    """How long a conversation is remembered after its last exchange."""
    watchers: int = Field(default=_LIMITS.watchers, ge=1)
    """Streams of WatchDevices at once."""
    plan_seconds: float = Field(default=_LIMITS.plan_seconds, gt=0)
    """The most that the model may take for an answer, whatever the client's deadline."""
    dispatch_seconds: float = Field(default=_LIMITS.dispatch_seconds, gt=0)
    """The most that one call may take on its device, the wait for a lost device included."""
    question_seconds: float = Field(default=_LIMITS.question_seconds, gt=0)
    """How long a yes may come where the request does not wait for it."""

    journal: Path = Field(default_factory=default_journal_path)
    """The file of what was asked and done."""
    journal_durability: Durability = _JOURNAL.durability
    """What a record survives."""
    journal_keep_days: float = Field(default=_JOURNAL.keep_days, gt=0)
    """How long requests are kept."""
    journal_keep_requests: int = Field(default=_JOURNAL.keep_requests, ge=1)
    """How many requests are kept."""
    journal_private: _Names = _JOURNAL.private
    """Arguments that are not kept beside those that their schema calls private: "tool.parameter"."""

    metrics: str = Field(default="", pattern=r"^(.+:\d{1,5})?$")
    """Where Prometheus asks for metrics, host:port; nowhere where empty. Needs the extra ``telemetry``.

    Anything but this computer needs the TLS files and ``tls_client_ca``, whose certificates may ask.
    """
    traces: str = Field(default="", pattern=r"^(https?://.+)?$")
    """Where a collector takes spans by OTLP with gRPC; nowhere where empty. Needs the extra ``telemetry``."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least that is logged."""
    log_format: Literal["text", "json"] = "text"
    """Lines for people, or JSON objects, one a line."""

    def agent(self) -> AgentSettings:
        """Return what the agent is put together from."""
        adb_host, _, adb_port = self.adb.rpartition(":")
        return AgentSettings(
            model=self.model,
            tool_folders=self.tools,
            tool_sets=self.tool_set,
            adb_host=adb_host,
            adb_port=int(adb_port),
            threads=self.threads,
            slots=self.engine_slots,
            engine=self.engine,
        )

    def security(self) -> SecurityOptions:
        """Return how the server is protected. Raises SettingsError for half of a pair of TLS files."""
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise SettingsError("tls_certificate and tls_key belong together: give both or none")
        tls = None
        if self.tls_certificate and self.tls_key:
            tls = TlsFiles(self.tls_certificate, self.tls_key, self.tls_client_ca)
        elif self.tls_client_ca:
            raise SettingsError("tls_client_ca needs tls_certificate and tls_key")
        return SecurityOptions(
            credentials=self.credentials if self.authentication == "required" else None,
            tls=tls,
            policy=self.policy,
            max_request_bytes=self.max_request_bytes,
            max_concurrent_rpcs=self.max_concurrent_rpcs,
        )

    def limits(self) -> ServiceLimits:
        """Return how much the service takes on."""
        names = [field.name for field in dataclasses.fields(ServiceLimits)]
        return ServiceLimits(**{name: getattr(self, name) for name in names})

    def telemetry(self) -> TelemetrySettings:
        """Return what is measured. Raises SettingsError for an address of metrics that everybody reaches."""
        host, _, port = self.metrics.rpartition(":")
        host = host.strip("[]")
        if host and int(port) > _LAST_PORT:
            raise SettingsError(f"metrics: {port} is no port: use 0 to {_LAST_PORT}", setting="metrics")
        tls = None
        if host and not is_loopback(host):
            if not (self.tls_certificate and self.tls_key and self.tls_client_ca):
                raise SettingsError(
                    f"metrics: {host} can be reached from other computers: use 127.0.0.1, or give "
                    "tls_certificate, tls_key and tls_client_ca, whose certificates may then ask",
                    setting="metrics",
                )
            tls = (self.tls_certificate, self.tls_key, self.tls_client_ca)
        return TelemetrySettings((host, int(port)) if host else None, tls, self.traces)

    def journal_settings(self) -> JournalSettings:
        """Return how the journal is kept."""
        return JournalSettings(
            durability=self.journal_durability,
            keep_days=self.journal_keep_days,
            keep_requests=self.journal_keep_requests,
            private=self.journal_private,
        )


def load_settings(
    config: Path | None = None, assignments: Iterable[str] = (), /, **flags: object
) -> Settings:
    """Return the settings from flags (None: not given), the environment, and a file.

    ``assignments`` are flags too, for any setting: "waiting=64". The file is ``config``, else the one that
    ``INTENT_AGENT_CONFIG`` names, else ``config.toml`` in the user's configuration where there is one.
    Relative paths in it count from its folder. Raises SettingsError, which names the flag, the variable, or
    the file and key.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    assigned = dict(map(_assigned, assignments))
    path = config or (Path(named) if (named := os.environ.get(_CONFIG_VARIABLE)) else None)
    default = Path(user_config_dir("intent-agent")) / "config.toml"
    if path is None and default.is_file():
        path = default
    in_file = _read(path) if path else {}
    try:
        in_environment = EnvSettingsSource(Settings)()
        return Settings(**{**in_file, **in_environment, **given, **assigned})
    except UnreadableVariable as error:
        raise SettingsError(f"the environment's {_PREFIX}* variables: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        if name in assigned:
            where = f"--set {name}"
        elif name in given:
            where = f"--{name.replace('_', '-')}"
        elif name in in_environment:
            where = f"{_PREFIX}{name.upper()}"
        else:
            where = f"{path}: {'.'.join(str(part) for part in first['loc'])}"
        raise SettingsError(f"{where}: {first['msg']}", setting=name) from error


def _assigned(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise SettingsError(f"--set {text}: write --set NAME=VALUE, such as --set waiting=64")
    return name.strip().replace("-", "_"), value.strip()


def _read(path: Path) -> Mapping[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"the settings {path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"the settings {path} are no TOML: {error}") from error
    return {name: _from_folder(path.parent, name, value) for name, value in values.items()}


_PATHS = {"model", "tools", "credentials", "tls_certificate", "tls_key", "tls_client_ca", "policy", "journal"}


def _from_folder(folder: Path, name: str, value: object) -> object:
    if name in _PATHS and isinstance(value, str):
        return folder / Path(value).expanduser()
    if name in _PATHS and isinstance(value, list):
        return [_from_folder(folder, name, item) for item in value]
    return value
