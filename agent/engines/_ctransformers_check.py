"""Whether a converted model computes what the original computes in llama.cpp, and splits text as it does."""

from __future__ import annotations

import json
import secrets
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from agent.engines._ctransformers_file import check_converted_file
from agent.engines._ctransformers_network import Network
from agent.engines._llamacpp import xllamacpp  # type: ignore[attr-defined] # from there: it sets how threads wait
from agent.errors import EngineFailed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

TOLERANCE: Final = 0.75
"""Natural log-probability by which the two may differ in any of llama.cpp's 20 likeliest next tokens, where
weights are quantised: what a quantised matrix is multiplied with is rounded to 8 bits, by each in its own
way. SmolLM2 in Q4_1 differs by 0.43 at most, with the same best token after 15 of 16 texts. A wrong network
is off by several units."""

FLOAT_TOLERANCE: Final = 0.1
"""The same where all weights are float. ctransformers looks exponentials up in a table of half precision."""

CORPUS: Final = (
    "Wake me up at 6:30 tomorrow, please.",
    "Set a timer for ten minutes and don't forget the eggs!",
    "  two  spaces,\n\n\tnew lines and a tab ",
    "Email anna.o'neil@example.org: the price is $1,234.56 (20% off).",
    "def area(r):\n    return 3.14159 * r ** 2\n",
    "Weck mich bitte um halb acht, es ist dringend – schöne Grüße.",
    "Réveille-moi à sept heures, s'il te plaît.",
    "Pon una alarma para las siete y media de la mañana.",
    "Mostrami la torre di Pisa sulla mappa, perché no?",
    "Разбуди меня завтра в семь часов утра.",
    "明天早上七点叫我起床。",
    "明日の朝7時に起こしてください。",
    "내일 아침 7시에 깨워 줘.",
    "मुझे कल सुबह सात बजे जगाना।",
    "أيقظني غدًا الساعة السابعة صباحًا.",
    "Ünïcödé, 🦿 and 👨‍👩‍👧, Ελληνικά",
)
"""Texts in the scripts of the languages that requests come in."""

_MOST_LIKELY: Final = 20
_CONTEXT: Final = 512


@dataclass(frozen=True)
class SplitDifference:
    """A text that the two split into different tokens."""

    text: str
    ours: tuple[int, ...]
    llama_cpp: tuple[int, ...]


@dataclass(frozen=True)
class Agreement:
    """How two engines agree after each of several texts.

    ``largest_difference`` is that of the log-probabilities of llama.cpp's 20 likeliest tokens, ``same_best``
    counts the texts after which both think the same token the likeliest, of ``texts``. Texts that are split
    differently are not compared further.
    """

    texts: int
    same_best: int
    largest_difference: float
    tolerance: float
    split_differently: tuple[SplitDifference, ...]

    @property
    def within_tolerance(self) -> bool:
        """Whether the converted file may be used."""
        return self.largest_difference <= self.tolerance and not self.split_differently


def compare_with_llama_cpp(
    source: Path, converted: Path, texts: Iterable[str] = CORPUS, *, threads: int = 1
) -> Agreement:
    """Compare a converted file in ctransformers with its source in llama.cpp. Takes seconds.

    Raises:
        ModelFileError: the converted file cannot be used.
        EngineFailed: one of the engines cannot load its file or failed.

    """
    file = check_converted_file(converted)
    network = Network(converted, threads, _CONTEXT)
    llama_cpp = _LlamaCpp(source, threads)
    same, largest, count, different = 0, 0.0, 0, []
    for text in texts:
        count += 1
        spaced = " " + text if file.tokenizer.space_prefix else text
        ids, theirs = file.tokenizer.encode_text(spaced), llama_cpp.tokens(text)
        if ids != theirs:
            different.append(SplitDifference(text, tuple(ids), tuple(theirs)))
            continue
        network.read(network.keep_shared(ids), lambda: None)
        ours = _log_probabilities(network.logits()[: file.tokenizer.source_size])
        likeliest = llama_cpp.likeliest(ids)
        largest = max(largest, *(abs(float(ours[token]) - value) for token, value in likeliest.items()))
        same += int(ours.argmax()) == next(iter(likeliest))
    tolerance = TOLERANCE if file.quantised else FLOAT_TOLERANCE
    return Agreement(count, same, largest, tolerance, tuple(different))


def _log_probabilities(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    shifted = logits.astype(np.float64) - float(logits.max())
    result: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum())
    return result


class _LlamaCpp:
    """A model in llama.cpp, asked for what the engine's interface does not tell."""

    def __init__(self, path: Path, threads: int) -> None:
        self._key = secrets.token_hex()
        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.n_ctx = _CONTEXT
        params.n_parallel = 1
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
        params.warmup = False
        params.verbosity = 0
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.api_keys = [self._key]
        params.ui = False
        try:
            self._server = xllamacpp.Server(params)
        except (RuntimeError, ValueError) as error:
            raise EngineFailed(f"llama.cpp cannot load {path}: {error}", path=str(path)) from error

    def tokens(self, text: str) -> list[int]:
        body = {"content": text, "add_special": False, "parse_special": False}
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
        request = urllib.request.Request(  # noqa: S310 - the address is our own server's, on loopback
            f"{self._server.listening_address}/tokenize", json.dumps(body).encode(), headers
        )
        with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310 - see above
            answer: dict[str, Any] = json.load(reply)
        return [int(token) for token in answer["tokens"]]

    def likeliest(self, ids: list[int]) -> dict[int, float]:
        """Return the likeliest next tokens with their natural log-probabilities, best first."""
        answer = self._server.handle_completions(
            {
                "prompt": ids,
                "max_tokens": 1,
                "temperature": 0,
                "logprobs": _MOST_LIKELY,
                "n_probs": _MOST_LIKELY,
                "cache_prompt": False,
                # Probabilities are those before the grammar. Without it none are told where the likeliest
                # token is the end of a text or a part of a character.
                "grammar": 'root ::= "a"',
            }
        )
        if "error" in answer:
            raise EngineFailed(f"llama.cpp failed: {answer['error']}")
        top = answer["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
        return {int(entry["id"]): float(entry["logprob"]) for entry in top}
