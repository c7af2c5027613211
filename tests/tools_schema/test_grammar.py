from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools_schema import Kind, Parameter, SaidNumbers, Tool, ToolSet, ValueType, grammar, load_tool_set

ToolFolder = Callable[..., Path]
Turns = Callable[[str], re.Pattern[str]]


def _tokens(turn: str) -> str:
    """Write a turn's control tokens as the characters that the fixture ``turns`` uses for them."""
    names = {
        "<start_function_call>": 48,
        "<end_function_call>": 49,
        "<start_function_response>": 50,
        "<escape>": 52,
    }
    for name, number in names.items():
        turn = turn.replace(name, chr(0xE000 + number))
    return turn


def _call(call: str) -> str:
    return f"<start_function_call>call:{call}<end_function_call>"


def _turn(*calls: str) -> str:
    return _tokens("".join(_call(call) for call in calls) + "<start_function_response>")


@pytest.fixture(scope="session")
def phone_turns(phone: ToolSet, turns: Turns) -> re.Pattern[str]:
    return turns(grammar(phone.tools))


@pytest.mark.parametrize(
    "call",
    [
        "turn_on_flashlight{}",
        "set_timer{}",
        "set_alarm{time:<escape>7:15<escape>}",
        "set_alarm{days:[<escape>monday<escape>,<escape>weekends<escape>],time:<escape>7am<escape>}",
        "set_alarm{days:[<escape>monday-friday<escape>,<escape>-wednesday<escape>],time:<escape>7am<escape>}",
        "create_calendar_event{datetime:<escape>next friday 3:30pm<escape>,title:<escape>Dinner<escape>}",
        "show_calendar{date:<escape>2026-01-20<escape>}",
        "set_timer{duration:<escape>1h30m<escape>}",
        "set_timer{duration:90}",
        "set_timer{label:<escape>eggs<escape>}",
        "set_volume{level:40,stream:<escape>ring<escape>}",
        "set_volume{level:100}",
        "set_wifi{on:false}",
        "open_settings{page:<escape>data_usage<escape>}",
        "create_note{text:<escape>5 < 6 {a:b, c}: \"q\" \\ 'x' <3\nund Grüße 你好<escape>}",
    ],
)
def test_a_call_of_the_format_can_be_written(phone_turns: re.Pattern[str], call: str) -> None:
    assert phone_turns.fullmatch(_turn(call))


def test_the_empty_turn_is_a_refusal(phone_turns: re.Pattern[str]) -> None:
    assert phone_turns.fullmatch("")


def test_calls_stand_back_to_back_and_end_with_one_response_token(phone_turns: re.Pattern[str]) -> None:
    assert phone_turns.fullmatch(_turn("turn_on_flashlight{}", "set_wifi{on:true}"))
    assert not phone_turns.fullmatch(_tokens(_call("turn_on_flashlight{}")))
    assert not phone_turns.fullmatch(_tokens("<start_function_response>"))


@pytest.mark.parametrize(
    "call",
    [
        "make_coffee{}",
        "set_alarm",
        "set_alarm{hour:7}",
        "set_alarm{time:7:15}",
        "set_alarm{time:<escape>seven<escape>}",
        "set_alarm{time:<escape>7am<escape>,label:<escape>tea<escape>}",
        "set_alarm{label:<escape>a<escape>,label:<escape>b<escape>}",
        "set_alarm{label:<escape><escape>}",
        "set_alarm{,}",
        "set_alarm{days:[]}",
        "set_alarm{days:[<escape>someday<escape>]}",
        "set_alarm{days:[<escape>-sunday<escape>]}",
        "set_timer{duration:-5}",
        "set_timer{duration:007}",
        "set_timer{duration:123456789}",
        "set_volume{level:101}",
        "set_volume{level:<escape>40<escape>}",
        "set_volume{stream:<escape>radio<escape>}",
        "set_wifi{on:True}",
        "set_wifi{on:None}",
        "create_calendar_event{all_day:true}",
        "create_note{text:<escape>a\x1bb<escape>}",
    ],
)
def test_anything_else_cannot_be_written(phone_turns: re.Pattern[str], call: str) -> None:
    assert not phone_turns.fullmatch(_turn(call))


@pytest.mark.parametrize("number", [*range(4), *range(46, 53), 105, 106])
def test_no_control_token_stands_in_a_text(phone_turns: re.Pattern[str], number: int) -> None:
    text = chr(0xE000 + number)
    assert not phone_turns.fullmatch(_turn(f"create_note{{text:<escape>a{text}b<escape>}}"))


@pytest.mark.parametrize(
    "name",
    ["<eos>", "<bos>", "<escape>", "<start_of_turn>", "<end_of_turn>", "<unused7>", "</s>", "<|im_end|>"],
)
def test_no_text_spells_the_name_of_a_control_token(phone_turns: re.Pattern[str], name: str) -> None:
    # llama.cpp compares a control token with the grammar by the characters of its name.
    turn = _turn("create_note{text:<escape>a?b<escape>}").replace("?", name)
    assert not phone_turns.fullmatch(turn)


def _values(parameter: Parameter) -> st.SearchStrategy[str]:
    if parameter.kind in _OF_KIND:
        return _OF_KIND[parameter.kind]
    if parameter.one_of:
        return st.sampled_from(parameter.one_of).map(lambda choice: f"<escape>{choice}<escape>")
    if parameter.items:
        return st.lists(_values(parameter.items), min_size=1, max_size=3).map(lambda v: f"[{','.join(v)}]")
    if parameter.properties:
        return _objects(parameter.properties)
    return _OF_TYPE[parameter.type]


_OF_KIND = {
    Kind.DATE_TIME: st.just("<escape>tomorrow 9:00<escape>"),
    Kind.DATE: st.just("<escape>friday<escape>"),
    Kind.TIME_OF_DAY: st.just("<escape>noon<escape>"),
    Kind.DURATION: st.integers(0, 9_999_999).map(str) | st.just("<escape>20m<escape>"),
    Kind.WEEKDAYS: st.just("[<escape>monday<escape>,<escape>daily<escape>]"),
    Kind.PERCENT: st.integers(0, 100).map(str),
}
_OF_TYPE = {
    ValueType.STRING: st.text(
        st.characters(exclude_categories=("Cc", "Cs", "Co"), exclude_characters="<"), min_size=1
    ).map(lambda text: f"<escape>{text}<escape>"),
    ValueType.INTEGER: st.integers(-(10**15) + 1, 10**15 - 1).map(str),
    ValueType.NUMBER: st.decimals(-999, 999, places=3).map(str),
    ValueType.BOOLEAN: st.sampled_from(["true", "false"]),
}


def _objects(parameters: tuple[Parameter, ...]) -> st.SearchStrategy[str]:
    optional = {p.name: _values(p) for p in parameters if not p.derived}
    return st.fixed_dictionaries({}, optional=optional).map(
        lambda values: "{" + ",".join(f"{name}:{values[name]}" for name in sorted(values)) + "}"
    )


def _calls(tools: tuple[Tool, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(tools).flatmap(lambda t: _objects(t.parameters).map(lambda o: t.name + o))


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_any_subset_of_the_parameters_can_be_written(
    phone: ToolSet, phone_turns: re.Pattern[str], data: st.DataObject
) -> None:
    calls = data.draw(st.lists(_calls(phone.tools), min_size=1, max_size=2))
    assert phone_turns.fullmatch(_turn(*calls))


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_nested_objects_lists_and_numbers_can_be_written(
    scenes: ToolSet, turns: Turns, data: st.DataObject
) -> None:
    assert turns(grammar(scenes.tools)).fullmatch(_turn(data.draw(_calls(scenes.tools))))


@pytest.fixture(scope="session")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> ToolSet:
    folder = tmp_path_factory.mktemp("scenes")
    (folder / "scenes.proto").write_text(
        """syntax = "proto3";
        import "intentagent/tools/v1/annotations.proto";
        service S {
          // Sets a scene.
          rpc SetScene(R) returns (R) { option (intentagent.tools.v1.tool) = {}; }
        }
        message R {
          // A.
          repeated Lamp lamps = 1;
          // B.
          double angle = 2;
          // C.
          sint64 shift = 3;
          // D.
          repeated Tone tones = 4;
          // E.
          Lamp main_lamp = 5;
        }
        message Lamp {
          // F.
          string name = 1;
          // G.
          Spot spot = 2;
        }
        message Spot {
          // H.
          bool on = 1;
          // I.
          repeated double at = 2;
        }
        enum Tone { TONE_UNSPECIFIED = 0; TONE_WARM = 1; TONE_COLD = 2; }
        """,
        encoding="utf-8",
    )
    return load_tool_set(folder)


def test_a_choice_with_quotes_and_backslashes_is_a_literal(tool_folder: ToolFolder, turns: Turns) -> None:
    fields = r"""// M.
    string mode = 1 [(param) = {one_of: 'say "hi" \\ bye'}];"""
    (tool,) = load_tool_set(tool_folder(fields=fields)).tools
    (choice,) = tool.parameters[0].one_of
    assert choice == r'say "hi" \ bye'
    assert turns(grammar([tool])).fullmatch(_turn(f"set_light{{mode:<escape>{choice}<escape>}}"))


def test_a_decoy_can_be_written_like_a_tool(mobile_actions: ToolSet, phone: ToolSet, turns: Turns) -> None:
    pattern = turns(grammar(mobile_actions.tools, decoys=[t for t in phone.tools if t.name == "set_timer"]))
    assert pattern.fullmatch(_turn("set_timer{duration:60}"))
    assert not pattern.fullmatch(_turn("set_wifi{on:true}"))


def test_a_tool_wins_over_a_decoy_of_its_name(mobile_actions: ToolSet, phone: ToolSet, turns: Turns) -> None:
    company = _turn("create_contact{company:<escape>ACME<escape>}")
    assert turns(grammar(phone.tools, decoys=mobile_actions.tools)).fullmatch(company)
    assert not turns(grammar(mobile_actions.tools, decoys=phone.tools)).fullmatch(company)


def test_without_tools_there_is_only_the_empty_turn() -> None:
    assert grammar([]) == 'root ::= ""\n'


@pytest.mark.parametrize(
    ("type_", "minimum", "maximum", "can", "cannot"),
    [
        (ValueType.INTEGER, None, None, ["7", "-7", "0"], ["8", "2.5", "-0"]),
        (ValueType.INTEGER, 1, 20, ["7"], ["-7", "0", "40"]),
        (ValueType.NUMBER, None, None, ["7", "7.0", "-2.5", "2.5"], ["2", "2.50", "7."]),
    ],
)
def test_numbers_can_be_narrowed_to_those_that_were_said(
    turns: Turns,
    type_: ValueType,
    minimum: int | None,
    maximum: int | None,
    can: list[str],
    cannot: list[str],
) -> None:
    tool = Tool("f", "", (Parameter("n", type_, minimum=minimum, maximum=maximum),), "f")
    said = SaidNumbers(frozenset({"f"}), frozenset({0.0, 2.5, 7.0, 40.0}))
    narrowed = turns(grammar([tool], said=said))
    assert [number for number in can if not narrowed.fullmatch(_turn(f"f{{n:{number}}}"))] == []
    assert [number for number in cannot if narrowed.fullmatch(_turn(f"f{{n:{number}}}"))] == []


def test_weekdays_can_be_narrowed_to_those_that_were_said(turns: Turns, phone: ToolSet) -> None:
    narrowed = turns(grammar(phone.tools, weekdays={"monday", "friday"}))
    for days, can in (("monday", True), ("monday-friday", True), ("daily", True), ("tuesday", False)):
        call = _turn(f"set_alarm{{days:[<escape>{days}<escape>],time:<escape>6:00<escape>}}")
        assert bool(narrowed.fullmatch(call)) is can


def test_a_parameter_for_which_no_number_is_left_cannot_be_written(turns: Turns) -> None:
    sizes = Parameter("sizes", ValueType.ARRAY, items=Parameter("", ValueType.INTEGER, minimum=1))
    tool = Tool("f", "", (sizes, Parameter("on", ValueType.BOOLEAN)), "f")
    assert grammar([tool], said=SaidNumbers(frozenset({"f"}), frozenset({0, 7}))) == grammar(
        [tool], said=SaidNumbers(frozenset({"f"}), frozenset({0.0, 7.0}))
    )
    narrowed = turns(grammar([tool], said=SaidNumbers(frozenset({"f"}), frozenset({0.0}))))
    assert narrowed.fullmatch(_turn("f{on:true}"))
    assert not narrowed.fullmatch(_turn("f{on:true,sizes:[0]}"))


def test_the_grammar_does_not_depend_on_the_order_of_the_tools(phone: ToolSet) -> None:
    assert grammar(reversed(phone.tools)) == grammar(phone.tools)


def test_names_that_differ_by_an_underscore_get_rules_of_their_own(turns: Turns) -> None:
    text, flag = Parameter("c", ValueType.STRING), Parameter("b_c", ValueType.BOOLEAN)
    nested = Parameter("b", ValueType.OBJECT, properties=(text,))
    tools = [
        Tool("a_b", "A.", (text,), "S/AB"),
        Tool("a", "A.", (flag, nested), "S/A"),
        Tool("a_b_c", "A.", (), "S/ABC"),
    ]
    pattern = turns(grammar(tools))
    assert pattern.fullmatch(
        _turn("a{b:{c:<escape>x<escape>},b_c:true}", "a_b{c:<escape>x<escape>}", "a_b_c{}")
    )


def test_no_rule_names_an_end_of_generation_token(phone: ToolSet) -> None:
    # llama.cpp answers "Unexpected empty grammar stack" to a grammar that does.
    numbers = {int(number) for number in re.findall(r"<\[(\d+)\]>", grammar(phone.tools))}
    assert numbers == {48, 49, 50, 52}
