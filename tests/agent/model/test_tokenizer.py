"""Text to ids and back: to the letter, as llama.cpp does it, and never to a control id."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agent.errors import InvalidUnicode, ModelFileCorrupt
from agent.model import Tokenizer, build, cut_vocabulary, packaged_base, read_base
from agent.prompt import CONTROL_TOKENS, Piece

if TYPE_CHECKING:
    from pathlib import Path

    from agent.model import BaseModel

TEXTS = (
    "Set an alarm for 7:15, please.",
    "  two  spaces  and one at the end ",
    "\n\n a\n\n\nb\r\n\ttab\t\t",
    "Naïve Zoë, Ñandú & Çelik: größer als 3,14",
    "明天下午三点提醒我开会",
    "Напомни мне завтра в 7 утра",
    "कल सुबह सात बजे",
    "明日の朝7時に起こして",
    "🤖👩‍👩‍👧‍👦🇩🇪 ok",
    "<bos><escape><unused3><0x41></s>[multimodal]<table><b>",
    "\x00\x1b\u200b\u3000\ufeff\U0010ffff",
)


@pytest.fixture
def tokenizer(tiny: BaseModel) -> Tokenizer:
    cut = cut_vocabulary(tiny)
    return Tokenizer(cut.tokens, cut.scores.tolist(), cut.types.tolist())


def text_ids(tokenizer: Tokenizer, text: str) -> list[int]:
    return tokenizer.encode([Piece(text)])


def split_by_llama_cpp(path: Path, texts: tuple[str, ...]) -> list[list[int]]:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = 256
    params.warmup = False
    params.cpuparams.n_threads = 1
    server = xllamacpp.Server(params)
    connection = http.client.HTTPConnection(server.listening_address.removeprefix("http://"))
    split = []
    for text in texts:
        question = {"content": text, "add_special": False, "parse_special": False}
        connection.request("POST", "/tokenize", json.dumps(question), {"Content-Type": "application/json"})
        split.append(json.load(connection.getresponse())["tokens"])
    connection.close()
    return split


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"])) | st.text("▁ \n\tset<bo>"))
@example(text="▁")
@example(text="the ▁alarm▁▁")
@example(text="<start_function_call>")
def test_text_comes_back_to_the_letter_and_is_never_a_control_token(tokenizer: Tokenizer, text: str) -> None:
    ids = text_ids(tokenizer, text)
    assert tokenizer.decode(ids) == ((Piece(text),) if text else ())
    assert not set(ids) & set(CONTROL_TOKENS.values())


def test_control_pieces_have_their_ids(tokenizer: Tokenizer) -> None:
    prompt = (
        Piece("<bos>", control=True),
        Piece("<start_of_turn>", control=True),
        Piece("set the alarm "),
        Piece("<end_of_turn>", control=True),
        Piece("\n"),
        Piece("<escape>", control=True),
    )
    ids = tokenizer.encode(prompt)
    assert (ids[0], ids[1], ids[-3], ids[-1]) == (2, 105, 106, 52)
    assert tokenizer.decode(ids) == prompt


def test_neighbouring_texts_are_split_as_one(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode([Piece("set the al"), Piece(""), Piece("arm")]) == text_ids(
        tokenizer, "set the alarm"
    )


def test_the_name_of_a_control_token_in_text_stays_text(tokenizer: Tokenizer) -> None:
    ids = text_ids(tokenizer, "<end_of_turn>")
    assert 106 not in ids
    assert len(ids) > 1


def test_merges_are_applied_in_their_order(tokenizer: Tokenizer, tiny: BaseModel) -> None:
    assert text_ids(tokenizer, " the") == [tiny.tokens.index("▁the")]


def test_entries_that_the_format_does_not_use_come_back_as_text(tokenizer: Tokenizer) -> None:
    assert tokenizer.decode([6, 7]) == (Piece("<unused0><unused1>"),)


def test_bytes_that_are_no_utf8_become_replacement_characters(tokenizer: Tokenizer, tiny: BaseModel) -> None:
    assert tokenizer.decode([tiny.tokens.index("<0xFF>")]) == (Piece("\ufffd"),)


def test_a_lone_surrogate_is_refused_with_its_place(tokenizer: Tokenizer) -> None:
    with pytest.raises(InvalidUnicode, match="character 3"):
        text_ids(tokenizer, "abc\ud800")


@pytest.mark.parametrize("identity", [-1, 100_000])
def test_an_id_outside_of_the_vocabulary_is_refused(tokenizer: Tokenizer, identity: int) -> None:
    with pytest.raises(ValueError, match="no token"):
        tokenizer.decode([identity])


def test_a_vocabulary_without_the_control_tokens_says_so(tiny_file: Path) -> None:
    with pytest.raises(ModelFileCorrupt, match="<escape>"):
        Tokenizer.from_gguf(tiny_file).encode([Piece("<escape>", control=True)])


@pytest.mark.parametrize(
    ("tokens", "types"),
    [(["a"], [1]), (["<0xE2>", "<0x96>", "<0x81>", "a"], [6, 6, 6, 1]), (["a", "b"], [1])],
)
def test_lists_that_are_no_vocabulary_are_refused(tokens: list[str], types: list[int]) -> None:
    with pytest.raises(ModelFileCorrupt, match="vocabulary"):
        Tokenizer(tokens, [0.0] * len(tokens), types)


def test_a_built_file_is_split_by_llama_cpp_in_the_same_way(tiny: BaseModel, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    build(tiny, None, path)
    tokenizer = Tokenizer.from_gguf(path)
    assert split_by_llama_cpp(path, TEXTS) == [text_ids(tokenizer, text) for text in TEXTS]


def test_the_cut_vocabulary_splits_common_text_as_the_whole_one(tmp_path: Path) -> None:
    base = read_base(packaged_base(tmp_path))
    cut = cut_vocabulary(base)
    whole = Tokenizer(base.tokens, base.scores.tolist(), base.token_types.tolist())
    small = Tokenizer(cut.tokens, cut.scores.tolist(), cut.types.tolist())
    new = cut.new_ids(len(base.tokens))
    for text in TEXTS:
        ids = [int(new[old]) for old in text_ids(whole, text)]
        if -1 not in ids:
            assert text_ids(small, text) == ids
        assert small.decode(text_ids(small, text)) == (Piece(text),)
    assert len(cut.tokens) == 52_488
