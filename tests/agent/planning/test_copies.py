from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.engines import Generation, ScriptedEngine, StopReason, calling
from agent.engines._gbnf import parse_gbnf
from agent.engines._gbnf_matcher import Grammar
from agent.planning import Asking, Exchange, Planner, Request
from agent.planning._copies import Copies
from tools_schema import Call, Kind, load_tool_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.prompt import Prompt

PHONE = load_tool_set("phone")
NOW = datetime(2026, 1, 16, 22, 10)
EVERY_TOOL = [tool.signature for tool in PHONE.tools]


def all_said(name: str, texts: tuple[str, ...], **arguments: str) -> bool:
    tool = PHONE.tool(name)
    assert tool
    return Copies(texts).all_said(tool, Call(name, arguments, tool.hash))


def copied(kind: Kind, *texts: str) -> Callable[[str], bool]:
    """Return whether a text can be written for a parameter of the kind."""
    found = Copies(texts).grammar(["send_sms"])
    assert found
    start = Grammar(parse_gbnf(f"root ::= {found.kinds[kind]}\n{found.rules}\n")).start

    def can_be_copied(text: str) -> bool:
        state = start.after_bytes(text.encode())
        return state is not None and state.may_end

    return can_be_copied


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Lantern workshop", True),
        ("lantern Workshop", True),
        ("Lamplight workshop", False),
        ("workshop Lantern", False),
    ],
)
def test_a_text_was_said_where_it_stands_in_the_request(title: str, said: bool) -> None:
    assert all_said("create_calendar_event", ("add Lantern workshop on friday",), title=title) is said


def test_a_follow_up_may_put_the_words_of_several_requests_together() -> None:
    texts = ("no, 614, not 641", "navigate to 641 Tamarack Road")
    assert all_said("navigate_to", texts, destination="614 Tamarack Road")
    assert not all_said("navigate_to", texts, destination="614 Tamarisk Road")


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("text oh four one two five five: hi", "041255"),
        ("text jo at example dot org: hi", "jo@example.org"),
        ("text jo at example dot org, not ann@example.org: hi", "jo@example.org"),
    ],
)
def test_numbers_and_addresses_may_be_said_in_words(text: str, to: str) -> None:
    assert all_said("send_sms", (text,), to=to, body="hi")


def test_an_address_that_differs_from_the_written_one_was_not_said() -> None:
    assert not all_said("send_email", ("mail mei.chen@x.org",), to="inmei.chen@x.org")


@pytest.mark.parametrize(
    ("text", "stretches", "others"),
    [
        (
            "text Teddy's mum: it's late, call me!",
            ["Teddy", "Teddy's mum", "it's late, call me!", "it's late, call me", "mum: it"],
            ["Tedd", "ummm", "mum it's", "late call me", "", " mum"],
        ),
        ("山下達郎のさよなら夏の日をかけて", ["山下達郎のさよなら夏の日", "さよ"], ["夏日", "山 下"]),
        ('say "a \\ b"\tand\nc', ['a \\ b"', "and\nc"], ["a b"]),
        ("write 5 < 6 now", ["write 5", "6 now"], ["5 < 6", "<"]),
    ],
)
def test_only_stretches_of_a_first_request_can_be_copied(
    text: str, stretches: list[str], others: list[str]
) -> None:
    can_be_copied = copied(Kind.TEXT, text)
    assert [stretch for stretch in stretches if not can_be_copied(stretch)] == []
    assert [other for other in others if can_be_copied(other)] == []


@given(st.lists(st.text("abc.,'ñшक्षी", min_size=1, max_size=5), min_size=1, max_size=6), st.data())
def test_whole_words_in_a_row_can_always_be_copied(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    assert copied(Kind.TEXT, " ".join(words))(" ".join(words[start:end]))


def test_a_follow_up_copies_any_words() -> None:
    can_be_copied = copied(Kind.TEXT, "no, 614", "navigate to 641 Tamarack Road")
    assert can_be_copied("614 Tamarack Road")
    assert not can_be_copied("614 Tamarisk Road")


def test_a_written_number_or_address_is_copied_and_one_in_words_is_not() -> None:
    written = copied(Kind.CONTACT, "text 0412 555 019 or jo@example.org")
    assert written("0412 555 019")
    assert not written("0412 555 018")
    assert not written("joe@example.org")
    in_words = copied(Kind.CONTACT, "text oh four one two, or jo at example dot org")
    assert in_words("0412")
    assert in_words("jo@example.org")
    assert copied(Kind.CONTACT, "text nine one one, we are at 20145 Oak Street")("911")


@pytest.mark.parametrize("text", [" ".join(["word"] * 500), "<<"])
def test_of_a_very_long_text_or_none_that_can_be_written_no_grammar_is_made(text: str) -> None:
    assert Copies((text,)).grammar(["send_sms"]) is None


def test_the_model_answers_again_where_it_wrote_what_nobody_said() -> None:
    engine = ScriptedEngine(
        [calling("create_note{text:'Lamplight workshop'}"), calling("create_note{text:'Lantern workshop'}")],
        known=EVERY_TOOL,
    )
    plan = Planner(engine, PHONE).plan(Request("note: Lantern workshop", NOW, "UTC"))
    assert [dict(call.arguments) for call in plan.calls] == [{"text": "Lantern workshop"}]
    assert "Lantern" not in engine.grammars[0]
    assert "Lantern" in engine.grammars[1]


def test_an_address_like_none_in_the_request_is_written_again() -> None:
    engine = ScriptedEngine(
        [
            calling("create_contact{email:'osps@x.sg',first_name:'Jo'}"),
            calling("create_contact{email:'jo@x.sg',first_name:'Jo'}"),
        ],
        known=EVERY_TOOL,
    )
    request = Request("save Jo, jo@x.sg, and email al@x.sg", NOW, "UTC")
    assert [dict(call.arguments) for call in Planner(engine, PHONE).plan(request).calls] == [
        {"first_name": "Jo", "email": "jo@x.sg"}
    ]


@pytest.mark.parametrize(
    ("known", "text"),
    [(EVERY_TOOL, "note: Lantern workshop"), ([], "note: Lamplight workshop please")],
)
def test_the_first_answer_stands_where_all_was_said_or_the_tool_is_declared(
    known: list[str], text: str
) -> None:
    engine = ScriptedEngine([calling("create_note{text:'Lantern workshop'}")], known=known)
    Planner(engine, PHONE).plan(Request(text, NOW, "UTC", history=(Exchange("hello"),)))
    assert len(engine.prompts) == 1


def test_the_first_answer_stands_where_that_is_to_be_measured() -> None:
    engine = ScriptedEngine([calling("create_note{text:'Lamplight'}")], known=EVERY_TOOL)
    Planner(engine, PHONE, asking=Asking(again=False)).plan(Request("note: Lantern", NOW, "UTC"))
    assert len(engine.prompts) == 1


def test_a_value_that_is_no_copy_is_not_asked_for_again() -> None:
    engine = ScriptedEngine([calling("set_volume{level:150}")], known=EVERY_TOOL)
    assert Planner(engine, PHONE).plan(Request("volume to 150", NOW, "UTC")).problems
    assert len(engine.prompts) == 1


class CutOffWhenCopying(ScriptedEngine):
    """Writes its second answer until the limit is reached."""

    def generate(self, prompt: Prompt, **options: Any) -> Generation:
        generation = super().generate(prompt, **options)
        return replace(generation, stop=StopReason.LENGTH) if len(self.prompts) > 1 else generation


def test_an_answer_that_is_cut_off_when_it_can_only_copy_gives_way_to_the_first() -> None:
    answers = [
        calling("create_note{text:'Lamplight'}"),
        "<start_function_call>call:create_note{text:<escape>a",
    ]
    engine = CutOffWhenCopying(answers, known=EVERY_TOOL)
    plan = Planner(engine, PHONE).plan(Request("note: Lantern", NOW, "UTC"))
    assert [dict(call.arguments) for call in plan.calls] == [{"text": "Lamplight"}]
