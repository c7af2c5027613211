"""What the text of a request may hold."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from agent.errors import (
    ControlCharacterInText,
    ControlTokenInText,
    EmptyText,
    InvalidUnicode,
    TextTooLong,
)

MAX_CHARACTERS: Final = 4000
"""The longest request: about four spoken minutes."""

_LOOK_ALIKE = re.compile(
    r"<(?:pad|eos|bos|unk|mask|escape"
    r"|(?:start|end)_of_(?:turn|image)|(?:start|end)_function_(?:declaration|call|response)"
    r"|unused\d+|image_soft_token)>"
)


def check_request_text(text: str) -> None:
    """Check the text of a request before anything is done with it.

    Raises:
        EmptyText: there is nothing but white space.
        TextTooLong: there are more than 4,000 characters.
        InvalidUnicode: a lone surrogate, which no encoding can carry.
        ControlCharacterInText: a control character other than newline and tab.
        ControlTokenInText: see ``reject_control_text``.

    """
    if len(text) > MAX_CHARACTERS:
        msg = f"the text has {len(text)} characters, the limit is {MAX_CHARACTERS}: shorten it"
        raise TextTooLong(msg, length=str(len(text)), limit=str(MAX_CHARACTERS))
    for position, character in enumerate(text):
        category = unicodedata.category(character)
        if category == "Cs":
            msg = f"character {position} of the text is the lone surrogate U+{ord(character):04X}: send UTF-8"
            raise InvalidUnicode(msg, position=str(position))
        if category == "Cc" and character not in "\n\t":
            msg = f"character {position} of the text is the control code U+{ord(character):04X}: remove it"
            raise ControlCharacterInText(msg, position=str(position))
    if not text.strip():
        msg = "the text is empty: say what the phone should do"
        raise EmptyText(msg)
    reject_control_text(text)


def reject_control_text(text: str) -> None:
    """Refuse text that spells a control token of Gemma, also in capitals, full-width or spaced.

    Such text is harmless to the tokenizer, which only takes pieces for tokens; but nobody means to ask a
    phone for it, and a model may read it as it reads the token.

    Raises:
        ControlTokenInText: the text holds a look-alike, which the message names.

    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(character for character in folded if unicodedata.category(character) not in {"Cf", "Zs"})
    if match := _LOOK_ALIKE.search(plain):
        msg = f"the text holds the control token {match.group()}: remove it"
        raise ControlTokenInText(msg, token=match.group())
