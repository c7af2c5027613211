"""From a prompt's pieces to a LLaMA's token ids and back, by the vocabulary that the model was trained with.

Byte-level BPE goes through the ``tokenizers`` library, SentencePiece through its own; text is split as
llama.cpp splits it with ``parse_special`` false, and never becomes a control token.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import sentencepiece
import tokenizers
from sentencepiece import sentencepiece_model_pb2
from tokenizers import models, pre_tokenizers

from agent.errors import ModelFileCorrupt, WrongArchitecture
from agent.model._tokenizer import check_unicode
from agent.model._vocabulary import TokenType
from agent.model.convert import _keys
from agent.model.convert._byte_alphabet import bytes_of
from agent.model.convert._vocabulary import SPACE_MARK, SourceVocabulary, byte_name
from agent.prompt import CONTROL_TOKENS, Piece, canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from agent.model._gguf_file import GgufFile
    from agent.prompt import Prompt

_GPT2: Final = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_LLAMA3: Final = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_PATTERNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "gpt-2": (_GPT2,),
        "smollm": (r"\p{N}", _GPT2),
        "llama-bpe": (_LLAMA3,),
        "llama3": (_LLAMA3,),
    }
)
"""Where text is cut before merging, by ``tokenizer.ggml.pre``: llama.cpp's ``llm_tokenizer_bpe``."""
_WHOLE_WORDS: Final = ("llama-bpe", "llama3")
"""These take a word that is an entry as it is, without merging its way there."""


class LlamaTokenizer:
    """One vocabulary with our control tokens; safe to use from several threads."""

    def __init__(self, source: SourceVocabulary, control: Mapping[str, int] = MappingProxyType({})) -> None:
        """Take a vocabulary, and the ids of our control tokens by name.

        Raises:
            WrongArchitecture: text is cut in a way that is not known here.
            ModelFileCorrupt: the lists are no vocabulary.

        """
        self._control = dict(control)
        # The first name wins where one id has several: <bos>, <eos> and <pad> may be the same token.
        self._names = {identity: name for name, identity in reversed(list(self._control.items()))}
        self.space_prefix = source.space_prefix
        """Whether llama.cpp puts a space before a text. Our prompt format has none there."""
        is_bpe = source.model == "gpt2"
        self._split: Callable[[str], list[int]] = _bpe(source) if is_bpe else _sentencepiece(source)
        self.token_bytes: tuple[bytes, ...] = tuple(
            b"" if identity in self._names else _contents(token, kind, is_bpe=is_bpe)
            for identity, (token, kind) in enumerate(zip(source.tokens, source.types, strict=True))
        )
        """What each of the source's entries writes; nothing for control tokens."""
        self.source_size = len(source.tokens)
        """Entries of the source; those from this id on were added by the converter."""

    @classmethod
    def from_converted(cls, file: GgufFile) -> LlamaTokenizer:
        """Read what `convert_to_ctransformers` has kept of the vocabulary.

        Raises:
            ModelFileCorrupt: it is not there or damaged.
            WrongArchitecture: text is cut in a way that is not known here.

        """
        metadata = file.metadata
        names, ids = metadata.get(_keys.CONTROL_NAMES), metadata.get(_keys.CONTROL_IDS)
        tokens, types = metadata.get(_keys.TOKENS), metadata.get(_keys.TYPES)
        merges, scores = metadata.get(_keys.MERGES, ()), metadata.get("tokenizer.ggml.scores")
        if not (
            isinstance(names, tuple)
            and isinstance(tokens, tuple)
            and isinstance(merges, tuple)
            and isinstance(ids, np.ndarray)
            and isinstance(types, np.ndarray)
            and isinstance(scores, np.ndarray)
            and len(names) == len(ids)
            and len(tokens) == len(types) <= len(scores)
            and set(CONTROL_TOKENS) <= set(names)
        ):
            raise ModelFileCorrupt(
                f"{file.path} lacks what the converter writes of the vocabulary: convert the model again",
                path=str(file.path),
            )
        pairs = (merge.partition(" ") for merge in merges)
        source = SourceVocabulary(
            model=str(metadata.get(_keys.MODEL)),
            pre=str(metadata.get(_keys.PRE)),
            tokens=tokens,
            scores=tuple(scores[: len(tokens)].tolist()),
            types=tuple(types.tolist()),
            merges=tuple((left, right) for left, _, right in pairs),
            space_prefix=bool(metadata.get(_keys.SPACE_PREFIX)),
        )
        return cls(source, dict(zip(names, ids.tolist(), strict=True)))

    @property
    def control(self) -> Mapping[str, int]:
        """The ids of our control tokens, by name."""
        return MappingProxyType(self._control)

    def control_id(self, name: str) -> int:
        """Return the id of a control token."""
        return self._control[name]

    def encode(self, prompt: Iterable[Piece]) -> list[int]:
        """Return the ids of a prompt; nothing is added. Neighbouring texts count as one.

        Raises:
            InvalidUnicode: a text holds a lone surrogate.

        """
        ids: list[int] = []
        for piece in canonical(prompt):
            if piece.control:
                ids.append(self._control[piece.text])
            else:
                ids += self.encode_text(piece.text)
        return ids

    def encode_text(self, text: str) -> list[int]:
        """Return the ids of a text as it is, whatever stands before it.

        Raises:
            InvalidUnicode: the text holds a lone surrogate.

        """
        check_unicode(text)
        return self._split(text)

    def decode(self, ids: Iterable[int]) -> Prompt:
        """Return the pieces of token ids.

        Bytes that make no UTF-8 become U+FFFD; other control tokens are nothing.

        Raises:
            IndexError: an id is not in the vocabulary.

        """
        pieces: list[Piece] = []
        run = bytearray()
        for identity in ids:
            name = self._names.get(identity)
            if name is None:
                run += self.token_bytes[identity]
                continue
            pieces += [Piece(run.decode("utf-8", "replace")), Piece(name, control=True)]
            run.clear()
        pieces.append(Piece(run.decode("utf-8", "replace")))
        return canonical(pieces)


def _contents(token: str, kind: int, *, is_bpe: bool) -> bytes:
    match kind:
        case TokenType.NORMAL if is_bpe:
            written = bytes_of(token)
            return token.encode() if written is None else written
        case TokenType.NORMAL:
            return token.replace(SPACE_MARK, " ").encode()
        case TokenType.USER_DEFINED:
            return token.encode()
        case TokenType.BYTE:
            return bytes([int(token[3:5], 16)])
        case _:
            return b""


def _bpe(source: SourceVocabulary) -> Callable[[str], list[int]]:
    if source.pre not in _PATTERNS:
        raise WrongArchitecture(
            f"the vocabulary cuts text in the way '{source.pre}', and known are {', '.join(_PATTERNS)}: take "
            "a SmolLM2, a Llama 3 without scaled positions, or a model with a SentencePiece vocabulary",
            architecture="llama",
        )
    tokenizer = tokenizers.Tokenizer(
        models.BPE(
            vocab={token: identity for identity, token in enumerate(source.tokens)},
            merges=list(source.merges),
            ignore_merges=source.pre in _WHOLE_WORDS,
        )
    )
    cuts = [pre_tokenizers.Split(tokenizers.Regex(pattern), "isolated") for pattern in _PATTERNS[source.pre]]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [*cuts, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tokenizer.add_tokens(
        [
            tokenizers.AddedToken(token, normalized=False)
            for token, kind in zip(source.tokens, source.types, strict=True)
            if kind == TokenType.USER_DEFINED
        ]
    )

    def split(text: str) -> list[int]:
        ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    return split


def _sentencepiece(source: SourceVocabulary) -> Callable[[str], list[int]]:
    model = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined] # built at run time
    trainer, normaliser = model.trainer_spec, model.normalizer_spec
    trainer.model_type = 2  # TrainerSpec.BPE
    trainer.byte_fallback = True
    trainer.vocab_size = len(source.tokens)
    trainer.bos_id = trainer.eos_id = trainer.pad_id = -1
    normaliser.name = "identity"
    normaliser.add_dummy_prefix = normaliser.remove_extra_whitespaces = False
    normaliser.escape_whitespaces = True
    for token, score, kind in zip(source.tokens, source.scores, source.types, strict=True):
        # llama.cpp's converter writes user-defined tokens with spaces.
        piece = token.replace(" ", SPACE_MARK) if kind == TokenType.USER_DEFINED else token
        model.pieces.add(piece=piece, score=score, type=kind)
    processor = sentencepiece.SentencePieceProcessor()
    try:
        processor.LoadFromSerializedProto(model.SerializeToString())
    except RuntimeError as error:
        raise ModelFileCorrupt(f"the vocabulary is none that SentencePiece accepts: {error}") from error
    byte_ids = {token: identity for identity, token in enumerate(source.tokens)}
    mark: Sequence[int] = [byte_ids[byte_name(byte)] for byte in SPACE_MARK.encode()]

    def split(text: str) -> list[int]:
        first, *others = text.split(SPACE_MARK)
        ids: list[int] = processor.EncodeAsIds(first)
        for other in others:
            ids += [*mark, *processor.EncodeAsIds(other)]
        return ids

    return split
