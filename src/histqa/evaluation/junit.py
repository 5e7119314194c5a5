"""EvaluationReport -> JUnit XML, which build servers show as tests."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from histqa.evaluation.records import EvaluationReport, ExamQuestion, Outcome

# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def report_as_junit(report: EvaluationReport, missed: Iterable[str] = ()) -> str:
    """One test case a question: failed with its reason, skipped, or an error for a bad row.

    ``missed``: thresholds that were not met, each a failed case of its own.
    """
    file = report.file
    suite = Element("testsuite", name=_safe(file.name), timestamp=report.created)
    for outcome in report.outcomes:
        _case(suite, outcome, file.name)
    for skipped in file.skipped:
        case = _named(suite, f"{file.name}.skipped", skipped.question or skipped.origin)
        SubElement(case, "skipped", message=_safe(str(skipped)))
    for row in file.bad_rows:
        case = _named(suite, f"{file.name}.bad rows", row.origin)
        SubElement(case, "error", type="bad row", message=_safe(str(row)))
    for sentence in missed:
        case = _named(suite, f"{file.name}.thresholds", sentence.partition(" ")[0])
        SubElement(case, "failure", type="threshold not met", message=_safe(sentence))
    counts = Counter(part.tag for case in suite for part in case)
    suite.attrib |= {
        "tests": str(len(suite)),
        "failures": str(counts["failure"]),
        "errors": str(counts["error"]),
        "skipped": str(counts["skipped"]),
        "time": f"{report.seconds:.3f}",
    }
    root = Element("testsuites", name="histqa eval")
    root.append(suite)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _case(suite: Element, outcome: Outcome, file_name: str) -> None:
    question = outcome.question
    name = f"{question.id}: {question.question}"
    case = _named(suite, f"{file_name}.{question.kind or 'questions'}", name)
    case.set("time", f"{outcome.seconds:.3f}")
    if outcome.has_failed:
        failure = SubElement(
            case, "failure", type=str(outcome.reason), message=_safe(outcome.explanation)
        )
        failure.text = _safe(f"expected\n{expected(question)}\n\ngiven\n{given(outcome)}\n")


def _named(suite: Element, group: str, name: str) -> Element:
    return SubElement(suite, "testcase", classname=_safe(group), name=_safe(name))


def expected(question: ExamQuestion) -> str:
    """What the file expects, a line for each thing; for people."""
    if not question.answerable:
        return "no answer: the readings do not say"
    lines = [f"answer: {answer}" for answer in question.answers]
    lines += [
        f"number: {number.value:g}" + f" ± {number.tolerance:g}" * bool(number.tolerance)
        for number in question.numbers
    ]
    lines += [
        "quote: " + " / ".join(f"“{quote}”" for quote in group) for group in question.quote_groups
    ]
    if question.document:
        lines.append(f"document: {question.document}")
    if question.pages:
        lines.append(f"pages: {', '.join(question.pages)}")
    return "\n".join(lines) or "an answer"


def given(outcome: Outcome) -> str:
    """What the assistant gave, a line for each quote; for people."""
    lines = [] if outcome.is_answered else ["the readings do not say"]
    lines += [outcome.short] if outcome.short else []
    lines += [f"[{number}] “{quote.text}”" for number, quote in enumerate(outcome.quotes, 1)]
    return "\n".join(lines)


def _safe(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
