"""The engine on llama.cpp, in this process, through the package ``xllamacpp``."""

from __future__ import annotations

import os
import secrets
import threading
from typing import TYPE_CHECKING, Any, Final

from agent.engines._answer import Answer, stop_words
from agent.engines._guesses import guesses_file
from agent.engines._model_file import check_model_file
from agent.engines._opening import room_for_answer, usable_cpus, warmed_up
from agent.engines._places import Places
from agent.engines._protocol import Generation, ModelInfo, StopReason
from agent.engines._watch import Watch
from agent.errors import EngineError, EngineFailed, GrammarRejected
from agent.prompt import CONTROL_TOKENS

# Between two matrix products llama.cpp's OpenMP threads spin by default. With another busy process on the
# same cores that costs more than the work itself; going to sleep at once costs more than twice the time on an
# idle machine. A short spin before the sleep is good at both, see docs/decisions/0006. OpenMP reads these
# variables when its library is loaded, so they must be set before the import.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "10000")

import xllamacpp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from agent.engines._model_file import ModelFile
    from agent.prompt import Prompt

DEFAULT_CONTEXT: Final = 4096
"""Tokens of prompt and answer together; with all of Gemma 3 270M's layers at full length that is 75 MB."""

_BATCH: Final = 256
"""Tokens of a prompt that are read at once. Cancelling takes effect between two batches."""

_PROMPT_CACHE_MIB: Final = 8
"""For prompts before the last ones, so that tool sets in turn do not throw each other's prefix out; room for
450 tokens of Gemma 3 270M.
"""

_GUESSED: Final = 3
"""Tokens that are guessed ahead at most, from what followed the same two before: decisions 0007, 0013.
Eight, which llama.cpp does not let choose, where training says what mostly follows: decision 0028.
"""


def open_engine(
    path: Path, *, threads: int = 0, context: int = DEFAULT_CONTEXT, slots: int = 1
) -> LlamaCppEngine:
    """Load a model file and warm it up. Takes seconds; the engine is ready when this returns.

    Args:
        path: a GGUF file of Gemma 3 or FunctionGemma; a manifest beside it is honoured.
        threads: CPU threads; 0 for as many as this process may use.
        context: tokens of prompts and answers together, of all requests that are answered at once.
        slots: how many requests are answered at once.

    Raises:
        ModelFileError: the file cannot be used; see its subclasses.
        EngineFailed: llama.cpp cannot load the file.

    """
    file = check_model_file(path)
    server = _start(file, threads or usable_cpus(), context, slots)
    return warmed_up(LlamaCppEngine(server, file, context, slots))


class LlamaCppEngine:
    """A model in llama.cpp, decoded greedily. Made by ``open_engine``.

    Requests that are answered at once share each pass over the model. The prefix that a prompt shares with
    the last one of a slot is not read again.
    """

    def __init__(self, server: xllamacpp.Server, file: ModelFile, context: int, slots: int) -> None:
        self._server: xllamacpp.Server | None = server
        self._file = file
        self._places = Places(slots, context)
        self._closing = threading.Event()
        self._info = ModelInfo(
            engine="llamacpp",
            path=file.path,
            name=file.name,
            sha256=file.sha256,
            order=file.order,
            known=file.known,
            vocabulary_size=len(file.tokens),
            context=context,
            slots=slots,
        )

    @property
    def info(self) -> ModelInfo:
        """The model that answers."""
        return self._info

    def generate(
        self,
        prompt: Prompt,
        *,
        grammar: str = "",
        max_tokens: int = 256,
        caution: float = 0.0,
        timeout: float | None = None,
        cancel: threading.Event | None = None,
    ) -> Generation:
        """See ``Engine.generate``. Cancelling and time-outs take effect within a token or a batch of 256."""
        watch = Watch(timeout, cancel, self._closing)
        ids = self._file.tokenizer.encode(prompt)
        longest = room_for_answer(self._info.context, len(ids), max_tokens)
        request = _request(ids, grammar, longest)
        if caution:
            request["logit_bias"] = [[CONTROL_TOKENS["<start_function_call>"], -caution]]
        # llama.cpp fails all requests where their tokens do not fit into the context together.
        with self._places.taken(len(ids) + longest, watch):
            answer = self._answer(request | {"stop": stop_words(self._file.tokens)}, watch)
            if answer.cut:
                answer = self._answer(request, watch)
        if answer.failure:
            raise _failure(answer.failure, grammar)
        if answer.stop is None:
            raise watch.problem() or EngineFailed("llama.cpp stopped in the middle of its answer")
        return _generation(answer, len(ids), answer.stop)

    def close(self) -> None:
        """See ``Engine.close``."""
        self._closing.set()
        self._places.wait_until_empty()
        self._server = None

    def _answer(self, request: Mapping[str, Any], watch: Watch) -> Answer:
        answer = Answer(self._file.tokens)

        def take(chunk: Mapping[str, Any]) -> bool:
            """Return True to end the answer."""
            return answer.add(chunk) or watch.problem() is not None

        server = self._server
        if server is None:
            raise EngineFailed("the engine is closed: open it again")
        server.handle_completions(request, take)
        return answer


def _start(file: ModelFile, threads: int, context: int, slots: int) -> xllamacpp.Server:
    params = xllamacpp.CommonParams()
    params.model.path = str(file.path)
    params.n_ctx = context
    # Some weights are copied into another order; a mapped file would stay in memory beside the copy.
    params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
    # It would load the file twice, to find out how much of it fits into which memory.
    params.fit_params = False
    params.n_parallel = slots
    # One context for all slots: their tokens, guesses included, go into one pass over the model, however many
    # each has. Separate contexts would need a pass for each number of tokens, and memory for each slot.
    params.kv_unified = True
    # What a slot read last stays where it is until its room is needed, instead of being copied away at the
    # start of each request.
    params.cache_idle_slots = False
    params.n_batch = params.n_ubatch = _BATCH
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    # Gemma 3's sliding-window layers forget; kept whole, they can go back to any shared prefix.
    params.swa_full = True
    params.n_ctx_checkpoints = 0
    params.cache_ram_mib = _PROMPT_CACHE_MIB
    # Control tokens are left out of the text otherwise, and one in a chunk with others could not be cut off.
    params.special = True
    params.verbosity = 0
    # xllamacpp always listens on a port, which nothing here uses: loopback only, and nobody has the key.
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [secrets.token_hex()]
    params.ui = False
    params.endpoint_slots = False
    with guesses_file(file.guesses) as guesses:
        _guess_ahead(params.speculative, guesses if len(file.guesses) else None)
        try:
            return xllamacpp.Server(params)
        except (RuntimeError, ValueError) as error:
            raise EngineFailed(f"llama.cpp cannot load {file.path}: {error}", path=str(file.path)) from error


def _guess_ahead(speculative: xllamacpp.CommonParamsSpeculative, guesses: Path | None) -> None:
    """Let llama.cpp check several tokens at once where it knows what follows; answers stay the same.

    What followed in this process's earlier prompts and answers goes first, as llama.cpp orders the two.
    """
    kinds = xllamacpp.common_speculative_type
    speculative.types = [kinds.COMMON_SPECULATIVE_TYPE_NGRAM_MOD]
    speculative.ngram_mod.n_match = 2
    speculative.ngram_mod.n_min = 1
    speculative.ngram_mod.n_max = _GUESSED
    if guesses:
        speculative.types = [*speculative.types, kinds.COMMON_SPECULATIVE_TYPE_NGRAM_CACHE]
        speculative.ngram_cache.lookup_cache_static = str(guesses)


def _request(ids: list[int], grammar: str, max_tokens: int) -> dict[str, Any]:
    if grammar.lstrip().startswith("%llguidance"):
        # llama.cpp ignores a grammar of that kind silently when it is wrong, and the model writes freely.
        raise GrammarRejected("the grammar is one of llguidance: write GBNF")
    return {
        # Ids, never a string: llama.cpp would read the names of control tokens in it as the tokens.
        "prompt": ids,
        "max_tokens": max_tokens,
        "temperature": 0,
        "top_k": 1,
        "cache_prompt": True,
        "stream": True,
        "timings_per_token": True,
        # Chunks without text while the prompt is read, so that a long one can be cancelled.
        "return_progress": True,
    } | ({"grammar": grammar} if grammar else {})


def _failure(error: Mapping[str, Any], grammar: str) -> EngineError:
    message = str(error.get("message", error))
    if grammar and "grammar" in message:
        return GrammarRejected(f"llama.cpp cannot use the grammar: {message}")
    return EngineFailed(f"llama.cpp failed: {message}")


def _generation(answer: Answer, prompt_tokens: int, stop: StopReason) -> Generation:
    return Generation(
        pieces=answer.pieces,
        prompt_tokens=prompt_tokens,
        cached_tokens=int(answer.timings.get("cache_n", 0)),
        output_tokens=int(answer.timings.get("predicted_n", 0)),
        prefill_ms=float(answer.timings.get("prompt_ms", 0.0)),
        decode_ms=float(answer.timings.get("predicted_ms", 0.0)),
        stop=stop,
    )
