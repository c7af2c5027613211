from __future__ import annotations

from agent.prompt import exchange_messages, render, to_text

NEXT = {"role": "user", "content": "next"}


def test_an_exchange_with_calls_is_a_closed_turn_with_their_responses() -> None:
    text = to_text(render([*exchange_messages("light", [("f", {"a": 1}), ("g", {})]), NEXT]))
    assert text == (
        "<bos><start_of_turn>user\nlight<end_of_turn>\n<start_of_turn>model\n"
        "<start_function_call>call:f{a:1}<end_function_call><start_function_call>call:g{}<end_function_call>"
        "<start_function_response>response:f{done:true}<end_function_response>"
        "<start_function_response>response:g{done:true}<end_function_response><end_of_turn>\n"
        "<start_of_turn>user\nnext<end_of_turn>\n<start_of_turn>model\n"
    )


def test_an_exchange_that_lacked_something_names_it() -> None:
    text = to_text(render([*exchange_messages("wake me", [], ["time"]), NEXT]))
    assert "<start_of_turn>model\nmissing: time<end_of_turn>\n" in text


def test_an_exchange_without_calls_is_an_empty_turn() -> None:
    text = to_text(render([*exchange_messages("sing", []), NEXT]))
    assert "<start_of_turn>model\n<end_of_turn>\n" in text
