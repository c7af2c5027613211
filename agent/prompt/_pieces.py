"""A prompt as pieces: text, and the control tokens between the texts.

Text and control tokens are kept apart from the template to the tokenizer, so that nothing a user or a tool
schema writes can become a control token, whatever it looks like.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CONTROL_TOKENS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "<pad>": 0,
        "<eos>": 1,
        "<bos>": 2,
        "<unk>": 3,
        "<start_function_declaration>": 46,
        "<end_function_declaration>": 47,
        "<start_function_call>": 48,
        "<end_function_call>": 49,
        "<start_function_response>": 50,
        "<end_function_response>": 51,
        "<escape>": 52,
        "<start_of_turn>": 105,
        "<end_of_turn>": 106,
    }
)
"""The control tokens and their ids, as in FunctionGemma's ``tokenizer_config.json``.

46 to 52 are ``<unused40>`` to ``<unused46>`` in Gemma 3's own vocabulary.
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, or one control token (then ``text`` is a name in ``CONTROL_TOKENS``)."""

    text: str
    control: bool = False

    def __post_init__(self) -> None:
        if self.control and self.text not in CONTROL_TOKENS:
            msg = f"{self.text!r} is no control token"
            raise ValueError(msg)


Prompt: TypeAlias = tuple[Piece, ...]
"""A prompt, or what a model wrote. In canonical form no two texts are neighbours and no text is empty."""

BOS: Final = Piece("<bos>", control=True)
START_OF_TURN: Final = Piece("<start_of_turn>", control=True)
END_OF_TURN: Final = Piece("<end_of_turn>", control=True)
START_DECLARATION: Final = Piece("<start_function_declaration>", control=True)
END_DECLARATION: Final = Piece("<end_function_declaration>", control=True)
START_CALL: Final = Piece("<start_function_call>", control=True)
END_CALL: Final = Piece("<end_function_call>", control=True)
START_RESPONSE: Final = Piece("<start_function_response>", control=True)
END_RESPONSE: Final = Piece("<end_function_response>", control=True)
ESCAPE: Final = Piece("<escape>", control=True)


def canonical(pieces: Iterable[Piece]) -> Prompt:
    """Join neighbouring texts and leave out empty ones.

    A tokenizer sees the text between two control tokens as a whole; cut elsewhere it gives other tokens.
    """
    joined: list[Piece] = []
    texts: list[str] = []
    for piece in pieces:
        if not piece.control:
            texts.append(piece.text)
            continue
        if text := "".join(texts):
            joined.append(Piece(text))
        texts.clear()
        joined.append(piece)
    if text := "".join(texts):
        joined.append(Piece(text))
    return tuple(joined)


def to_text(prompt: Iterable[Piece]) -> str:
    """Write a prompt as one string, control tokens by their names.

    For people, logs and comparison with the official template only: the string no longer says which
    ``<escape>`` is the token. A model is given the pieces.
    """
    return "".join(piece.text for piece in prompt)


_TOKEN = re.compile("(" + "|".join(map(re.escape, CONTROL_TOKENS)) + ")")


def pieces_from_text(text: str) -> Prompt:
    """Read a string in which every control token's name means the token, such as a line of training data.

    Never for text from a user, whose look-alikes would become tokens.
    """
    parts = _TOKEN.split(text)
    return canonical(Piece(part, control=index % 2 == 1) for index, part in enumerate(parts))
