"""From a prompt's pieces to token ids and back, by the SentencePiece library.

A GGUF file carries a SentencePiece vocabulary as three lists; here they become a SentencePiece model again.
Control entries are of SentencePiece's type CONTROL, which text never becomes: only a control piece gives a
control id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sentencepiece
from sentencepiece import sentencepiece_model_pb2

from agent.errors import InvalidUnicode, ModelFileCorrupt
from agent.model._base import read_model_file
from agent.model._vocabulary import TokenType
from agent.prompt import CONTROL_TOKENS, Piece, canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_SPACE_MARK = "\u2581"
"""How SentencePiece writes a space in its pieces."""


class Tokenizer:
    """One vocabulary; safe to use from several threads.

    Text comes back from its ids to the letter, spaces at both ends included. It is split as llama.cpp
    splits it with ``parse_special`` false, but for U+2581, SentencePiece's own sign for a space: here it is
    spelt in byte tokens, so that it does not turn into a space.
    """

    def __init__(self, tokens: Sequence[str], scores: Sequence[float], types: Sequence[int]) -> None:
        """Make a tokenizer of GGUF's three lists.

        Raises:
            ModelFileCorrupt: the lists differ in length or are no vocabulary.

        """
        if not len(tokens) == len(scores) == len(types):
            raise ModelFileCorrupt(
                f"the vocabulary has {len(tokens)} tokens, {len(scores)} scores and {len(types)} types"
            )
        self._control = {
            tokens[identity]: identity
            for identity, kind in enumerate(types)
            if kind in (TokenType.CONTROL, TokenType.UNKNOWN)
        }
        self._control_names = {identity: token for token, identity in self._control.items()}
        self._size = len(tokens)
        self._processor = _processor(tokens, scores, types)
        byte_ids = {
            token: identity for identity, token in enumerate(tokens) if types[identity] == TokenType.BYTE
        }
        try:
            self._space_mark_ids = [byte_ids[f"<0x{byte:02X}>"] for byte in _SPACE_MARK.encode()]
        except KeyError as error:
            raise ModelFileCorrupt(f"the vocabulary lacks the byte token {error}") from error

    @classmethod
    def from_gguf(cls, path: Path) -> Tokenizer:
        """Read the vocabulary of a GGUF file.

        Raises:
            ModelFileError: the file cannot be used; see `read_model_file`.

        """
        base = read_model_file(path)
        return cls(base.tokens, base.scores.tolist(), base.token_types.tolist())

    def __len__(self) -> int:
        return self._size

    def encode(self, prompt: Iterable[Piece]) -> list[int]:
        """Return the ids of a prompt; nothing is added. Neighbouring texts count as one.

        Raises:
            InvalidUnicode: a text holds a lone surrogate.
            ModelFileCorrupt: this vocabulary has no token for a control piece.

        """
        ids: list[int] = []
        for piece in canonical(prompt):
            if piece.control:
                ids.append(self.control_id(piece.text))
            else:
                ids += self._encode_text(piece.text)
        return ids

    def control_id(self, name: str) -> int:
        """Return the id of a control token.

        Raises:
            ModelFileCorrupt: this vocabulary does not have it.

        """
        try:
            return self._control[name]
        except KeyError as error:
            raise ModelFileCorrupt(
                f"the model's vocabulary has no control token {name}: use a FunctionGemma or a built file",
                token=name,
            ) from error

    def decode(self, ids: Iterable[int]) -> tuple[Piece, ...]:
        """Return the pieces of token ids.

        Byte tokens that make no UTF-8 become U+FFFD. Control entries that the prompt format does not use,
        such as ``<unused7>``, come back as text.

        Raises:
            ValueError: an id is not in the vocabulary.

        """
        pieces: list[Piece] = []
        run: list[int] = []
        for identity in ids:
            if not 0 <= identity < self._size:
                raise ValueError(f"there is no token {identity}: the vocabulary has {self._size} entries")
            name = self._control_names.get(identity)
            if name is None:
                run.append(identity)
                continue
            pieces.append(self._text(run))
            run.clear()
            pieces.append(Piece(name, control=name in CONTROL_TOKENS))
        pieces.append(self._text(run))
        return canonical(pieces)

    def _encode_text(self, text: str) -> list[int]:
        check_unicode(text)
        first, *others = text.split(_SPACE_MARK)
        ids: list[int] = self._processor.EncodeAsIds(first)
        for other in others:
            ids += self._space_mark_ids
            ids += self._processor.EncodeAsIds(other)
        return ids

    def _text(self, ids: list[int]) -> Piece:
        return Piece(str(self._processor.DecodeIds(ids)) if ids else "")


def check_unicode(text: str) -> None:
    """Refuse half a character.

    Raises:
        InvalidUnicode: the text holds a lone surrogate.

    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidUnicode(
            f"the text holds a lone surrogate at character {error.start}; send whole characters",
            position=str(error.start),
        ) from error


def _processor(
    tokens: Sequence[str], scores: Sequence[float], types: Sequence[int]
) -> sentencepiece.SentencePieceProcessor:
    model = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined] # built at run time
    model.trainer_spec.model_type = 2  # TrainerSpec.BPE
    model.trainer_spec.byte_fallback = True
    model.trainer_spec.vocab_size = len(tokens)
    model.trainer_spec.pad_id, model.trainer_spec.eos_id, model.trainer_spec.bos_id = 0, 1, 2
    model.trainer_spec.unk_id = CONTROL_TOKENS["<unk>"]
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.add_dummy_prefix = False
    model.normalizer_spec.remove_extra_whitespaces = False
    model.normalizer_spec.escape_whitespaces = True
    for identity, (token, score, kind) in enumerate(zip(tokens, scores, types, strict=True)):
        piece, piece_type = token, int(kind)
        if kind == TokenType.USER_DEFINED:
            # llama.cpp's converter writes these with spaces, since it compares them with the text itself.
            piece = token.replace(" ", _SPACE_MARK)
        elif identity == CONTROL_TOKENS["<unk>"]:
            # GGUF calls it a control token; SentencePiece wants exactly one entry of type UNKNOWN.
            piece_type = int(TokenType.UNKNOWN)
        model.pieces.add(piece=piece, score=float(score), type=piece_type)
    processor = sentencepiece.SentencePieceProcessor()
    try:
        processor.LoadFromSerializedProto(model.SerializeToString())
    except RuntimeError as error:
        raise ModelFileCorrupt(f"the vocabulary is none that SentencePiece accepts: {error}") from error
    return processor
