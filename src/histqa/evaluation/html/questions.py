"""Outcomes -> the list of questions: each opens to what was expected and what was given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from histqa.evaluation.comparing import Comparison
from histqa.evaluation.html.elements import Markup, element, joined, unseen_but_read
from histqa.evaluation.html.numbers import counted, duration, percent
from histqa.evaluation.html.words import GLOSSES
from histqa.evaluation.metrics.quoting import first_words, folded, is_held
from histqa.evaluation.records import (
    EvaluationReport,
    ExamQuestion,
    Outcome,
    QuoteFact,
    Ranking,
    Reason,
)
from histqa.types import PARAGRAPH_BREAK

_CONTEXT = 140
_BUDGET = 120
_REASONS = tuple(Reason)
_STATES = (
    ("passed", "passed"), ("failed", "failed"), ("answered", "answered"), ("refused", "refused"),
    ("better", "got better"), ("worse", "got worse"),
)  # fmt: skip


def anchors(report: EvaluationReport) -> Mapping[str, str]:
    """The id of a question -> that of its element; made of its place, as ids can hold anything."""
    return {outcome.question.id: f"q{n}" for n, outcome in enumerate(report.outcomes, 1)}


def questions(report: EvaluationReport, comparison: Comparison | None) -> Markup:
    """The filter and the list, in the order of the file."""
    kinds = sorted({outcome.question.kind for outcome in report.outcomes} - {""})
    tags = sorted(set(chain.from_iterable(out.question.tags for out in report.outcomes)))
    changes = {
        change.question.id: "better" if change.is_better else "worse"
        for change in (comparison.questions if comparison else ())
    }
    entries = [
        _entry(outcome, f"q{number}", kinds, tags, changes.get(outcome.question.id, ""))
        for number, outcome in enumerate(report.outcomes, 1)
    ]
    return element(
        "section",
        element("h2", "Questions"),
        _filter(report, kinds, tags, bool(comparison)) if entries else "",
        element("div", *entries, id="list", class_="compared" if comparison else None),
        element("p", "No question fits.", id="nothing", hidden=True),
        id="questions",
    )


# --- the filter: its values are numbers, the texts stand in its options ---


def _filter(
    report: EvaluationReport, kinds: Sequence[str], tags: Sequence[str], is_compared: bool
) -> Markup:
    reasons = {outcome.reason for outcome in report.outcomes}
    states = _STATES if is_compared else _STATES[:4]
    total = counted(len(report.outcomes), "question")
    return element(
        "form",
        element("label", "Search", element("input", type="search", name="words"), class_="search"),
        _choice("Outcome", "state", states),
        _choice("Reason", "reason", [
            (str(number), str(reason) or "none (passed)")
            for number, reason in enumerate(_REASONS) if reason in reasons
        ]),
        _choice("Kind", "kind", [(str(number), name) for number, name in enumerate(kinds)]),
        _choice("Tag", "tag", [(str(number), name) for number, name in enumerate(tags)]),
        element("button", "Clear", type="reset"),
        element("button", "Open all", type="button", name="open", aria_pressed="false"),
        element("p", total, id="found", role="status"),
        id="filter", role="search", aria_label="Questions", hidden=True,
    )  # fmt: skip


def _choice(label: str, name: str, options: Sequence[tuple[str, str]]) -> Markup:
    if not options:
        return Markup()
    listed = (element("option", text, value=value) for value, text in options)
    return element(
        "label", label, element("select", element("option", "any", value=""), *listed, name=name)
    )


# --- one question ---


def _entry(
    outcome: Outcome, anchor: str, kinds: Sequence[str], tags: Sequence[str], change: str
) -> Markup:
    question = outcome.question
    states = [
        "failed" if outcome.has_failed else "passed",
        "answered" if outcome.is_answered else "refused",
        change,
    ]
    return element(
        "details",
        _line(outcome, change),
        _opened(outcome),
        class_="question",
        id=anchor,
        data_state=" ".join(filter(None, states)),
        data_reason=_REASONS.index(outcome.reason),
        data_kind=kinds.index(question.kind) if question.kind else None,
        data_tag=" ".join(str(tags.index(tag)) for tag in question.tags) or None,
    )


def _line(outcome: Outcome, change: str) -> Markup:
    question = outcome.question
    reason = str(outcome.reason) or "passed"
    return element(
        "summary",
        _sign(is_good=not outcome.has_failed),
        element("h3", element("bdi", question.question)),
        element("span", element("bdi", question.kind), class_="kind") if question.kind else "",
        element("span", f"got {change}", class_=f"change {change}") if change else "",
        element("span", reason, class_="why" if outcome.has_failed else "why good"),
    )


def _sign(*, is_good: bool) -> Markup:
    """Beside words that say the same."""
    kind = "sign good" if is_good else "sign bad"
    return element("span", "✓" if is_good else "✗", class_=kind, aria_hidden="true")


def _opened(outcome: Outcome) -> Markup:
    return element(
        "div",
        _reason(outcome),
        _asked(outcome),
        element("div", _expected(outcome), _given(outcome), class_="sides"),
        element("p", " · ".join(_facts(outcome)), class_="facts"),
        class_="opened",
    )


def _reason(outcome: Outcome) -> Markup:
    if not outcome.has_failed:
        return Markup()
    said = outcome.explanation
    reason = element("strong", str(outcome.reason).capitalize(), ": ", GLOSSES[outcome.reason], ".")
    return element(
        "div",
        element("p", reason),
        element("p", element("bdi", said[:1].upper(), said[1:])) if said else "",
        class_="reason",
    )


def _asked(outcome: Outcome) -> Markup:
    question = outcome.question
    parts = []
    if question.history:
        before = " / ".join(f"“{earlier}”" for earlier in question.history)
        parts.append(element("p", "Asked after: ", element("bdi", before), class_="asked"))
    if outcome.understood_as not in ("", question.question):
        understood = element("bdi", f"“{outcome.understood_as}”")
        parts.append(element("p", "Understood as: ", understood, class_="asked"))
    return joined(*parts)


def _expected(outcome: Outcome) -> Markup:
    question = outcome.question
    if not question.answerable:
        said = element("p", "No answer: the readings do not say.", class_="said")
        return element("div", element("h4", "Expected"), said, class_="side")
    shown = folded(first_words([quote.text for quote in outcome.quotes], _BUDGET))
    groups = [_group(group, is_held(shown, group)) for group in question.quote_groups]
    parts = (
        element("p", _answers(question), class_="said") if _answers(question) else "",
        element("ol", *groups, class_="groups") if groups else "",
        element("p", _where(question), class_="place") if _where(question) else "",
    )
    anything = "" if any(parts) else element("p", "An answer, whichever.", class_="said")
    return element("div", element("h4", "Expected"), *parts, anything, class_="side")


def _answers(question: ExamQuestion) -> Markup:
    numbers = [
        f"{number.value:g}" + f" ± {number.tolerance:g}" * bool(number.tolerance)
        for number in question.numbers
    ]
    texts = [element("bdi", text) for text in (*question.answers, *numbers)]
    return joined(*(joined(" or " if n else "", text) for n, text in enumerate(texts)))


def _group(group: Sequence[str], held: bool) -> Markup:
    ways = [
        joined(
            element("p", "or", class_="or") if n else "", element("blockquote", text, dir="auto")
        )
        for n, text in enumerate(group)
    ]
    said = unseen_but_read("quoted: " if held else f"not in the first {_BUDGET} quoted words: ")
    return element("li", _sign(is_good=held), said, *ways)


def _where(question: ExamQuestion) -> str:
    return " · ".join(filter(None, (question.document, _pages(question.pages))))


def _given(outcome: Outcome) -> Markup:
    verdict = "Answered" if outcome.is_answered else "Refused: the readings do not say"
    return element(
        "div",
        element("h4", "Given"),
        element("p", f"{verdict}, {percent(outcome.confidence)} sure", class_="verdict-line"),
        element("p", element("bdi", outcome.short), class_="said") if outcome.short else "",
        _quotes(outcome.quotes),
        element("p", "Nearest passages, not given as an answer:", class_="asked")
        if outcome.related
        else "",
        _quotes(outcome.related),
        class_="side",
    )


def _quotes(quotes: Sequence[QuoteFact]) -> Markup:
    return element("ol", *map(_quote, quotes), class_="quotes") if quotes else Markup()


def _quote(quote: QuoteFact) -> Markup:
    heading = "" if quote.heading == quote.title else quote.heading
    place = " · ".join(filter(None, (quote.title or quote.doc_id, heading, _pages(quote.pages))))
    fault = element("p", "Not in the reading as given.", class_="fault")
    return element(
        "li",
        element(
            "blockquote", _before(quote.before), element("q", *_marked(quote)),
            _after(quote.after), dir="auto",
        ),
        element("p", element("bdi", place), class_="place"),
        "" if quote.is_verbatim else fault,
    )  # fmt: skip


def _marked(quote: QuoteFact) -> Iterable[str]:
    """The quote's text with the expected parts marked; parts may overlap."""
    at = 0
    for start, end in quote.gold:
        start = max(start, at)
        if start < end:
            yield quote.text[at:start]
            yield element("mark", quote.text[start:end])
            at = end
    yield quote.text[at:]


def _before(text: str) -> str:
    cut = text if len(text) <= _CONTEXT else "… " + text[-_CONTEXT:].partition(" ")[2]
    return _in_one(cut)


def _after(text: str) -> str:
    cut = text if len(text) <= _CONTEXT else text[:_CONTEXT].rpartition(" ")[0] + " …"
    return _in_one(cut)


def _in_one(text: str) -> str:
    """What stands around a quote is no more than a hint: paragraphs need no lines of their own."""
    return text.replace(PARAGRAPH_BREAK, " ¶ ")


def _pages(pages: Sequence[str]) -> str:
    if not pages:
        return ""
    return f"p. {pages[0]}" if len(pages) == 1 else f"pp. {pages[0]}–{pages[-1]}"


def _facts(outcome: Outcome) -> Iterable[str]:
    question = outcome.question
    yield f"{question.id} ({question.origin})" if question.origin else question.id
    if question.tags:
        yield f"tags: {', '.join(question.tags)}"
    yield duration(outcome.seconds)
    yield from map(_ranking, outcome.rankings)
    yield from (
        f"{name} {value:.2f}"
        for name, value in outcome.metrics.items()
        if name.startswith(("coverage", "quote_precision", "answer_"))
    )


def _ranking(ranking: Ranking) -> str:
    if not ranking.ranks:
        return f"expected {ranking.unit}: none retrieved"
    return f"expected {ranking.unit} at rank {', '.join(map(str, ranking.ranks[:5]))}"
