"""From a request to a plan: prompt, model, parse, resolve, validate."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from agent.engines import PromptOrder, StopReason
from agent.errors import InvalidMoment
from agent.planning._articles import is_name, without_articles
from agent.planning._asking import Asking
from agent.planning._conversation import conversation, moments, spans
from agent.planning._copies import Copies, is_copied
from agent.planning._corrections import with_corrections
from agent.planning._drafts import Drafts
from agent.planning._evidence import Evidence
from agent.planning._numbers import all_numbers_said, has_numbers, numbers_said
from agent.planning._plan import Plan, Request, Timings
from agent.planning._said_weekdays import weekdays_instead
from agent.planning._signs import with_signs
from agent.planning._values import Circumstances
from agent.planning._whole_texts import with_whole_texts
from agent.planning.times import time_zone
from agent.prompt import (
    TRIGGER,
    Piece,
    Prompt,
    check_request_text,
    parse_calls,
    render,
    system_text,
    to_text,
)
from tools_schema import SaidNumbers, declaration, grammar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from agent.engines import Engine, Generation
    from agent.prompt import ParsedCall
    from tools_schema import Parameter, Tool, ToolSet

__all__ = ["Planner"]

_END_CALL = Piece("<end_function_call>", control=True)


class Planner:
    """Plans requests with one tool set, or several that are united. As thread-safe as its engine.

    ``known_tools`` are the tools that the model was trained on, of any set. Those of this set need no
    declaration (where the prompt order allows it); the model may write the others, so that the plan can say
    that they are not in this set.
    """

    def __init__(
        self,
        engine: Engine,
        tool_set: ToolSet,
        known_tools: Iterable[Tool] = (),
        asking: Asking | None = None,
    ) -> None:
        self._asking = asking or Asking()
        self._engine = engine
        self._tool_set = tool_set
        names = {tool.name for tool in tool_set.tools}
        self._elsewhere = {tool.name: tool for tool in known_tools if tool.name not in names}
        self._choices = partial(grammar, tool_set.tools, tuple(self._elsewhere.values()))
        self._grammar = self._choices()
        self._copying = {tool.name: tool for tool in tool_set.tools if tool.signature in engine.info.known}
        self._compact = engine.info.order is PromptOrder.COMPACT
        known = engine.info.known if self._compact and not self._asking.declare_all else frozenset[str]()
        declared = [tool for tool in tool_set.tools if tool.signature not in known]
        self._numbered = self._of_others(has_numbers)
        self._named = self._of_others(is_name)
        self._declarations = [declaration(tool) for tool in sorted(declared, key=lambda tool: tool.name)]
        undeclared = [tool for tool in tool_set.tools if tool.signature in known]
        self._evidence = Evidence(declared, (*undeclared, *self._elsewhere.values()))

    def _of_others(self, wanted: Callable[[Parameter], bool]) -> dict[str, dict[str, Parameter]]:
        """Return the wanted parameters of the tools that the model was not trained on."""
        found = {
            tool.name: {each.name: each for each in tool.parameters if wanted(each)}
            for tool in self._tool_set.tools
            if tool.name not in self._copying
        }
        return {name: parameters for name, parameters in found.items() if parameters}

    def plan(self, request: Request) -> Plan:
        """Say which calls a request asks for.

        The same call twice in a row is called once, because small models stutter, and ``problems`` says so.
        What was not said is never invented: a call that lacks a required argument is left out and the
        argument is in ``missing``.

        Raises:
            RequestTextError: the text cannot be used.
            UnknownTimeZone: the request's time zone does not exist.
            InvalidMoment: ``now`` has a time zone of its own.
            NoSuchDate: the request names a date that does not exist, and asks for nothing else.
            MalformedCall: the model's output is no list of calls.
            EngineError: the engine gave no answer, in time or at all.

        """
        began = time.perf_counter()
        circumstances = self._check(request)
        answers = self._answers(request, circumstances, began)
        generations = [answer.generation for answer in answers]
        # Where a narrower grammar had the model write without end, what it wrote before is more honest.
        last = answers[-2] if len(answers) > 1 and answers[-1].is_cut else answers[-1]
        generation, drafts = last.generation, last.drafts
        if last.is_cut:
            drafts.problems.append(
                f"the answer was cut off after {generation.output_tokens} tokens; ask for less at once"
            )
        reason = drafts.reason()
        return Plan(
            calls=tuple(drafts.calls),
            missing=tuple(drafts.missing),
            problems=tuple(drafts.problems),
            reason=reason,
            raw=to_text(generation.pieces),
            timings=Timings(
                total_ms=(time.perf_counter() - began) * 1_000,
                prefill_ms=sum(each.prefill_ms for each in generations),
                decode_ms=sum(each.decode_ms for each in generations),
                prompt_tokens=generations[0].prompt_tokens,
                cached_tokens=generations[0].cached_tokens,
                output_tokens=sum(each.output_tokens for each in generations),
            ),
            model=self._engine.info.sha256,
            tool_set_hash=self._tool_set.hash,
        )

    def _answers(self, request: Request, circumstances: Circumstances, began: float) -> list[_Answer]:
        """Return the model's answers, each with a narrower grammar than the one before."""
        prompt = self._prompt(request)

        def answer(rules: str) -> _Answer:
            left = request.timeout
            if left is not None:
                left = max(0.0, left - (time.perf_counter() - began))
            generation = self._generate(request, prompt, rules, left)
            drafts = Drafts(self._tool_set, self._elsewhere, circumstances)
            calls = with_corrections(parse_calls(_complete(generation)), circumstances.texts)
            calls = with_whole_texts(calls, request.text, self._copying)
            calls = with_signs(calls, circumstances.texts, self._numbered)
            calls = without_articles(calls, self._named)
            for call in calls:
                drafts.add(call)
            return _Answer(generation, calls, drafts)

        choices, copies = self._choices, Copies(circumstances.texts)
        answers = [answer(self._grammar)]
        if not self._asking.again:
            return answers
        if better := self._better_tools(request, answers[0].drafts.written):
            choices = partial(grammar, better)
            answers.append(answer(choices()))
        copied = copies.grammar(self._copying) if self._invents(answers[-1].drafts, copies) else None
        said = self._numbers_instead(answers[-1].drafts, circumstances.texts)
        days = self._weekdays_instead(request, answers[-1].calls)
        if copied or said or days:
            answers.append(answer(choices(copied=copied, said=said, weekdays=days)))
        return answers

    def _invents(self, drafts: Drafts, copies: Copies) -> bool:
        """Whether a text in a call of a tool that the model knows, and so copies for, was not said."""
        known = self._copying
        unreadable = (known[name].parameter(at) for name, at in drafts.unreadable if name in known)
        if any(parameter and is_copied(parameter) for parameter in unreadable):
            return True
        return not all(copies.all_said(known[call.name], call) for call in drafts.calls if call.name in known)

    def _numbers_instead(self, drafts: Drafts, texts: Sequence[str]) -> SaidNumbers | None:
        """Return the numbers to choose from, where a call of a declared tool has one that nobody said."""
        tools = self._numbered
        unreadable = any(name in tools and at in tools[name] for name, at in drafts.unreadable)
        called = [call for call in drafts.calls if call.name in tools]
        if not (unreadable or called) or (said := numbers_said(texts)) is None:
            return None
        if not unreadable and all(
            all_numbers_said(tools[call.name].values(), call.arguments, said) for call in called
        ):
            return None
        return SaidNumbers(frozenset(tools), said)

    def _weekdays_instead(self, request: Request, calls: Sequence[ParsedCall]) -> frozenset[str]:
        """Return the weekdays to choose from, where a call has another than was said.

        After an earlier request days are also those that were said then, or that were meant by "weekdays".
        """
        return frozenset() if request.history else weekdays_instead(request.text, calls, self._tool_set)

    def _generate(
        self, request: Request, prompt: Prompt, grammar_text: str, timeout: float | None
    ) -> Generation:
        return self._engine.generate(
            prompt,
            grammar=grammar_text,
            max_tokens=_max_tokens(request.text),
            caution=self._asking.caution if self._compact else 0.0,
            timeout=timeout,
            cancel=request.cancel,
        )

    def _better_tools(self, request: Request, called: Sequence[str]) -> list[Tool]:
        """Return the tools to choose from anew, where the request's words speak for others than were called.

        A follow-up leaves out what was said before, so its words prove nothing.
        """
        if request.history:
            return []
        names = self._evidence.better(request.text, called)
        return [tool for tool in self._tool_set.tools if tool.name in names]

    def _check(self, request: Request) -> Circumstances:
        check_request_text(request.text)
        for exchange in request.history:
            check_request_text(exchange.text)
        if request.now.tzinfo is not None:
            raise InvalidMoment(
                "the time of the request has a zone of its own; give local time and the zone's name",
                now=request.now.isoformat(),
            )
        texts = (request.text, *(exchange.text for exchange in reversed(request.history)))
        calls = [call for exchange in reversed(request.history) for call in exchange.calls]
        return Circumstances(
            request.now,
            time_zone(request.time_zone),
            texts,
            spans(calls, self._tool_set),
            moments(calls, self._tool_set),
        )

    def _prompt(self, request: Request) -> Prompt:
        messages: list[dict[str, Any]] = []
        if not self._compact:
            messages.append({"role": "developer", "content": system_text(request.now)})
        elif self._declarations:
            messages.append({"role": "developer", "content": TRIGGER})
        messages += conversation(request.text, request.history, self._tool_set)
        return render(messages, self._declarations)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the model wrote, and what became of it."""

    generation: Generation
    calls: Sequence[ParsedCall]
    drafts: Drafts

    @property
    def is_cut(self) -> bool:
        return self.generation.stop is StopReason.LENGTH


def _complete(generation: Generation) -> Prompt:
    """Return what the model wrote, without a call that the token limit cut off."""
    pieces = generation.pieces
    if generation.stop is not StopReason.LENGTH:
        return pieces
    ends = [index for index, piece in enumerate(pieces) if piece == _END_CALL]
    return pieces[: ends[-1] + 1] if ends else ()


def _max_tokens(text: str) -> int:
    """Return room for a few calls, one of which copies the whole text; a token has mostly three bytes."""
    return 256 + len(text.encode()) // 3
