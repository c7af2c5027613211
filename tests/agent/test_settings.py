from __future__ import annotations

from pathlib import Path

import pytest

from agent.security.errors import SettingsError
from agent.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("INTENT_AGENT_CONFIG", raising=False)


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_without_anything_the_service_is_for_this_computer() -> None:
    settings = load_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 50551)
    assert settings.security().credentials is None
    assert settings.security().tls is None


def test_a_flag_stands_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path / "a.toml", "port = 1\nadb = 'h:1'\nthreads = 1")
    monkeypatch.setenv("INTENT_AGENT_PORT", "2")
    monkeypatch.setenv("INTENT_AGENT_ADB", "h:2")
    settings = load_settings(file, port=3, adb=None)
    assert (settings.port, settings.adb, settings.threads) == (3, "h:2", 1)


def test_the_file_is_also_found_by_the_environment_and_in_the_users_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "config" / "intent-agent" / "config.toml", "port = 1")
    assert load_settings().port == 1
    monkeypatch.setenv("INTENT_AGENT_CONFIG", str(written(tmp_path / "b.toml", "port = 2")))
    assert load_settings().port == 2


def test_paths_in_the_file_count_from_its_folder(tmp_path: Path) -> None:
    file = written(tmp_path / "a.toml", "policy = 'policy.toml'\ntools = ['coffee', '/opt/game']")
    settings = load_settings(file)
    assert settings.policy == tmp_path / "policy.toml"
    assert settings.tools == (tmp_path / "coffee", Path("/opt/game"))


def test_lists_in_the_environment_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTENT_AGENT_TOOL_SET", "phone, coffee")
    assert load_settings().agent().tool_sets == ("phone", "coffee")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("port = 'x'", "a.toml: port: Input should be a valid integer"),
        ("prot = 1", "a.toml: prot: Extra inputs are not permitted"),
        ("tools = [1]", r"a.toml: tools\.0: "),
        ("adb = 'phone'", "a.toml: adb: String should match"),
        ("port = 1 1", "a.toml are no TOML: .*line 1"),
    ],
)
def test_a_fault_in_the_file_is_told_with_its_key(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        load_settings(written(tmp_path / "a.toml", text))


def test_a_fault_elsewhere_is_told_with_the_variable_or_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="--log-level: Input should be"):
        load_settings(log_level="LOUD")
    monkeypatch.setenv("INTENT_AGENT_MAX_REQUEST_BYTES", "5")
    with pytest.raises(SettingsError, match="INTENT_AGENT_MAX_REQUEST_BYTES: Input should be greater"):
        load_settings()


def test_a_file_that_is_named_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        load_settings(tmp_path / "none.toml")


def test_half_a_pair_of_tls_files_is_refused() -> None:
    for half in ({"tls_key": Path("k")}, {"tls_certificate": Path("c")}, {"tls_client_ca": Path("a")}):
        with pytest.raises(SettingsError, match="tls_certificate and tls_key"):
            load_settings(**half).security()


def test_the_settings_are_what_the_parts_are_made_of(tmp_path: Path) -> None:
    settings = Settings(
        authentication="required",
        credentials=tmp_path / "c",
        tls_certificate=tmp_path / "cert",
        tls_key=tmp_path / "key",
        adb="phone.example:5038",
        journal_keep_days=3,
    )
    assert settings.security().credentials == tmp_path / "c"
    assert (settings.agent().adb_host, settings.agent().adb_port) == ("phone.example", 5038)
    assert settings.journal_settings().keep_days == 3


def test_the_documentation_lists_every_setting() -> None:
    table = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [name for name in Settings.model_fields if f"`{name}`" not in table] == []


def test_the_settings_that_come_with_the_systemd_unit_can_be_used() -> None:
    settings = load_settings(Path(__file__).parents[2] / "deploy" / "config.toml")
    assert settings.authentication == "required"
    assert settings.security().tls


def test_any_setting_can_be_set_on_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTENT_AGENT_WAITING", "5")
    settings = load_settings(None, ["waiting=7", "plan-seconds = 2.5", "tool_set=phone,coffee"])
    assert (settings.limits().waiting, settings.limits().plan_seconds) == (7, 2.5)
    assert settings.tool_set == ("phone", "coffee")
    for wrong, told in (
        ("waiting", "write --set NAME=VALUE"),
        ("waiting=x", "--set waiting: Input should be a valid integer"),
        ("wating=1", "--set wating: Extra inputs"),
    ):
        with pytest.raises(SettingsError, match=told):
            load_settings(None, [wrong])
