from __future__ import annotations

import random
from collections import Counter

import pytest

from agent.model.data._generator import FOLDER
from agent.model.data._language import Language
from agent.model.data._requests import TOGETHER, Request
from agent.model.data._syntax import parse_line


def text(request: Request) -> str:
    return "".join(segment.text for segment in request.segments)


@pytest.mark.parametrize(
    ("line", "calls"),
    [
        ("call {call.to:given}, then torch on => turn_on_flashlight=", ["call", "turn_on_flashlight"]),
        ("torch on and call {call.to:given} => ^turn_on_flashlight=", ["turn_on_flashlight", "call"]),
        (
            "mute it and call {call.to:given} => ^set_volume.change=mute; set_volume.stream=ring",
            ["set_volume", "call"],
        ),
    ],
)
def test_calls_without_slots_come_last_or_marked_first(line: str, calls: list[str]) -> None:
    english = Language(FOLDER, "en", random.Random(7), held_out=False)  # noqa: S311 - no secret
    request = english.requests.line(parse_line(line, "en/_together"), TOGETHER)
    assert [call.name for call in request.calls] == calls


@pytest.mark.parametrize(
    ("tool", "line", "takes_reasons"),
    [
        ("set_wifi", "wifi off => on=false", True),
        ("call", "call {to:given}", True),
        ("send_sms", "tell {to:given} {body:Anna|late}", False),
        ("set_timer", 'timer for {duration:duration}, "{label:tea|eggs}"', False),
    ],
)
def test_a_reason_is_given_where_it_does_not_run_into_a_text(
    tool: str, line: str, takes_reasons: bool
) -> None:
    english = Language(FOLDER, "en", random.Random(7), held_out=False)  # noqa: S311 - no secret
    request = english.requests.line(parse_line(line, f"en/{tool}"), tool)
    reasoned = [english.requests.with_reason(request) for _ in range(200)]
    changed = [other for other in reasoned if other is not request]
    assert bool(changed) is takes_reasons
    assert len(changed) < 60
    assert all(other.calls == request.calls for other in changed)


@pytest.mark.parametrize(
    ("tool", "line", "may_stand_first"),
    [
        ("set_wifi", "wifi off => on=false", True),
        ("send_sms", "tell {to:given} {body:Anna|late}", False),
        ("send_sms", "text {to:given}", False),
    ],
)
def test_what_is_said_beside_a_request_asks_for_nothing_and_does_not_run_into_a_text(
    tool: str, line: str, may_stand_first: bool
) -> None:
    english = Language(FOLDER, "en", random.Random(7), held_out=False)  # noqa: S311 - no secret
    request = english.requests.line(parse_line(line, f"en/{tool}"), tool)
    words = "".join(segment.text for segment in request.segments)
    made = [english.requests.with_aside(request, 1.0) for _ in range(100)]
    assert all(other.calls == request.calls for other in made)
    texts = ["".join(segment.text for segment in other.segments) for other in made]
    assert len(set(texts)) > 90
    assert any(text.casefold().endswith(words.casefold()) for text in texts)
    assert any(text.casefold().startswith(words.casefold()) for text in texts) is may_stand_first


def test_a_request_that_lacks_something_has_nothing_beside_it_that_could_be_taken_for_it() -> None:
    english = Language(FOLDER, "en", random.Random(7), held_out=False)  # noqa: S311 - no secret
    request = english.requests.line(parse_line("set a timer", "en/set_timer"), "set_timer")
    for _ in range(300):
        beside = english.requests.with_aside(request, 1.0, details=False)
        assert not any(segment.value for segment in beside.segments)


def test_a_wrapper_that_wants_an_imperative_takes_no_statement() -> None:
    english = Language(FOLDER, "en", random.Random(7), held_out=False)  # noqa: S311 - no secret
    torch = english.requests.line(parse_line("torch on => turn_on_flashlight=", "en/_together"), TOGETHER)
    dark = english.requests.line(parse_line("~ it is dark => turn_on_flashlight=", "en/_together"), TOGETHER)
    said = [
        {text(english.requests.wrap("two", [torch, second])) for _ in range(2000)} for second in (torch, dark)
    ]
    assert any("could you also torch on?" in whole for whole in said[0])
    assert not any("could you also" in whole for whole in said[1])


def test_a_plain_request_is_a_phrase_as_it_stands_and_comes_as_often_as_its_weight_says() -> None:
    german = Language(FOLDER, "de", random.Random(7), held_out=False)  # noqa: S311 - no secret
    files = [*german.phrases.requests.values(), *german.phrases.missing.values(), german.phrases.none]
    weights: Counter[str] = Counter()
    for line in (line for lines in files for line in lines):
        weights[line.id] += line.weight
    drawn = Counter(german.requests.plain().template for _ in range(1500))
    assert all(times <= weights[phrase] for phrase, times in drawn.items())
    assert len({phrase.partition("#")[0] for phrase in drawn}) == len(german.phrases.requests) + 1
