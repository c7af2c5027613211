"""The alphabet of byte-level BPE: how its vocabularies write each byte as one printable character.

Source: ``bytes_to_unicode`` of GPT-2's encoder. Bytes that are printable in Latin-1 stand for themselves, the
others follow from U+0100 on, in order.
"""

from __future__ import annotations

from typing import Final

_ITSELF: Final = (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))
_OTHERS: Final = tuple(byte for byte in range(256) if byte not in _ITSELF)

BYTE_TO_CHARACTER: Final[dict[int, str]] = {byte: chr(byte) for byte in _ITSELF} | {
    byte: chr(0x100 + place) for place, byte in enumerate(_OTHERS)
}
CHARACTER_TO_BYTE: Final[dict[str, int]] = {character: byte for byte, character in BYTE_TO_CHARACTER.items()}


def bytes_of(token: str) -> bytes | None:
    """Return the bytes that a token of such a vocabulary stands for; None where it is written otherwise."""
    try:
        return bytes(CHARACTER_TO_BYTE[character] for character in token)
    except KeyError:
        return None
