from __future__ import annotations

from typing import Any

from agent.engines import StopReason
from agent.engines._answer import Answer
from agent.prompt import CONTROL_TOKENS, Piece

NAMES = {token_id: name for name, token_id in CONTROL_TOKENS.items()}
TOKENS = [NAMES.get(token_id, f"<unused{token_id}>") for token_id in range(107)]
A_TEXT_TOKEN = 500


def chunk(text: str, token_id: int | None, **more: Any) -> dict[str, Any]:
    logprobs = None if token_id is None else {"content": [{"id": token_id, "token": text}]}
    choice = {"text": text, "index": 0, "logprobs": logprobs, "finish_reason": None}
    return {"choices": [choice | more], "timings": {"predicted_n": 1}}


def test_control_tokens_are_told_from_text_by_their_ids() -> None:
    answer = Answer(TOKENS)
    for text, token_id in [
        ("<", A_TEXT_TOKEN),
        ("escape", A_TEXT_TOKEN),
        (">", A_TEXT_TOKEN),
        ("<escape>", 52),
    ]:
        assert not answer.add(chunk(text, token_id))
    assert answer.pieces == (Piece("<escape>"), Piece("<escape>", control=True))


def test_a_control_token_after_half_a_character_is_cut_off_its_chunk() -> None:
    answer = Answer(TOKENS)
    assert not answer.add(chunk("\ufffd<escape>", 52))
    assert answer.pieces == (Piece("\ufffd"), Piece("<escape>", control=True))


def test_control_tokens_have_our_names_whatever_the_file_calls_them() -> None:
    tokens = [f"<unused{token_id}>" for token_id in range(107)]
    answer = Answer(tokens)
    answer.add(chunk(tokens[52], 52))
    assert answer.pieces == (Piece("<escape>", control=True),)


def test_the_tokens_that_end_a_turn_end_the_answer() -> None:
    for token_id, stop in [
        (1, StopReason.END_OF_TURN),
        (106, StopReason.END_OF_TURN),
        (50, StopReason.START_RESPONSE),
    ]:
        answer = Answer(TOKENS)
        assert answer.add(chunk(TOKENS[token_id], token_id))
        assert (answer.pieces, answer.stop) == ((), stop)


def test_the_last_chunk_says_when_the_limit_was_reached() -> None:
    answer = Answer(TOKENS)
    assert answer.add(chunk("", None, finish_reason="length"))
    assert answer.stop is StopReason.LENGTH


def test_a_stop_word_ends_the_calls_and_is_text_elsewhere() -> None:
    for pieces, cut in [([("<end_function_call>", 49)], False), ([("a", A_TEXT_TOKEN)], True), ([], True)]:
        answer = Answer(TOKENS)
        for text, token_id in pieces:
            assert not answer.add(chunk(text, token_id))
        assert answer.add(chunk("", None, finish_reason="stop"))
        assert (answer.stop, answer.cut) == (StopReason.START_RESPONSE, cut)


def test_progress_is_no_text() -> None:
    answer = Answer(TOKENS)
    assert not answer.add(chunk("", None))
    assert answer.pieces == ()


def test_an_error_ends_the_answer() -> None:
    answer = Answer(TOKENS)
    assert answer.add({"error": {"code": 500, "message": "no"}})
    assert answer.failure == {"code": 500, "message": "no"}
    assert answer.stop is None
