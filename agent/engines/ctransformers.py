"""The engine on ctransformers, in this process: LLaMA models that ``model convert`` has rewritten.

ctransformers 0.2.27 gives a forward pass and the logits; the rest is here. Its own loop evaluates a token
past the end, its tokeniser writes past its buffer, and it has no grammars, so none of these is used.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from agent.engines._ctransformers_file import check_converted_file
from agent.engines._ctransformers_network import Network
from agent.engines._ctransformers_writer import Chooser, Writer
from agent.engines._gbnf import parse_gbnf
from agent.engines._gbnf_matcher import Grammar
from agent.engines._opening import room_for_answer, usable_cpus, warmed_up
from agent.engines._places import Places
from agent.engines._protocol import Generation, ModelInfo
from agent.engines._watch import Watch
from agent.errors import EngineFailed

if TYPE_CHECKING:
    from pathlib import Path

    from agent.engines._ctransformers_file import ConvertedFile
    from agent.prompt import Prompt

DEFAULT_CONTEXT: Final = 4096
"""Tokens of prompt and answer together, where the model has as many; 94 MB for SmolLM2-135M."""

_KEPT_GRAMMARS: Final = 4
"""With the states that were found in them: another request of the same tools need not find them again."""


def open_ctransformers(
    path: Path, *, threads: int = 0, context: int = DEFAULT_CONTEXT
) -> CtransformersEngine:
    """Load a converted file and warm it up. Takes seconds; the engine is ready when this returns.

    Args:
        path: a file that ``intent-agent model convert --to ctransformers`` has written.
        threads: CPU threads; 0 for as many as this process may use.
        context: tokens of prompt and answer together; less where the model has less.

    Raises:
        ModelFileError: the file cannot be used; see its subclasses.
        EngineFailed: ctransformers cannot load the file.

    """
    file = check_converted_file(path)
    return warmed_up(CtransformersEngine(file, threads or usable_cpus(), min(context, file.config.context)))


class CtransformersEngine:
    """A model in ctransformers, decoded greedily. Made by ``open_ctransformers``.

    The prefix that a prompt shares with the one before is not read again. One instance answers one request at
    a time; a worker of its own needs an instance of its own.
    """

    def __init__(self, file: ConvertedFile, threads: int, context: int) -> None:
        self._network: Network | None = Network(file.path, threads, context)
        self._file = file
        self._chooser = Chooser(file.tokenizer, file.vocabulary_size)
        self._grammars: OrderedDict[str, Grammar] = OrderedDict()
        self._places = Places(slots=1, tokens=context)
        self._closing = threading.Event()
        self._info = ModelInfo(
            engine="ctransformers",
            path=file.path,
            name=file.name,
            sha256=file.sha256,
            order=file.order,
            known=file.known,
            vocabulary_size=file.vocabulary_size,
            context=context,
            slots=1,
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
        """See ``Engine.generate``. Cancelling and time-outs take effect within a token or a batch of 64.

        What the grammar leaves no choice in is written without asking the model; it counts as output.
        """
        watch = Watch(timeout, cancel, self._closing)
        ids = self._file.tokenizer.encode(prompt)
        limit = room_for_answer(self._info.context, len(ids), max_tokens)
        with self._places.taken(len(ids) + limit, watch):
            writer = Writer(self._chooser, self._grammar(grammar) if grammar else None, limit, caution)
            return self._answer(ids, writer, watch)

    def close(self) -> None:
        """See ``Engine.close``."""
        self._closing.set()
        self._places.wait_until_empty()
        self._network = None

    def _grammar(self, text: str) -> Grammar:
        if text not in self._grammars:
            self._grammars[text] = Grammar(parse_gbnf(text))
            if len(self._grammars) > _KEPT_GRAMMARS:
                self._grammars.popitem(last=False)
        self._grammars.move_to_end(text)
        return self._grammars[text]

    def _answer(self, ids: list[int], writer: Writer, watch: Watch) -> Generation:
        network = self._network
        if network is None:
            raise EngineFailed("the engine is closed: open it again")
        started = time.perf_counter()
        unread = network.keep_shared(ids)
        network.read(unread, watch.check)
        read = time.perf_counter()
        tokens = writer.forced()
        while writer.stop is None:
            network.read(tokens, watch.check)
            tokens = [writer.choose(network.logits()), *writer.forced()]
        return Generation(
            pieces=writer.pieces,
            prompt_tokens=len(ids),
            cached_tokens=len(ids) - len(unread),
            output_tokens=writer.output_tokens,
            prefill_ms=1000 * (read - started),
            decode_ms=1000 * (time.perf_counter() - read),
            stop=writer.stop,
        )
