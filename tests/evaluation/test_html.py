"""The HTML report: its figures and points are the report's, and no text in it can do anything."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from histqa.evaluation.comparing import compared
from histqa.evaluation.figures import reported
from histqa.evaluation.html import render
from histqa.evaluation.html.elements import element, escaped, visible
from histqa.evaluation.html.numbers import duration, percent
from histqa.evaluation.records import (
    BadRow,
    Column,
    EvaluationReport,
    ExamQuestion,
    Number,
    Outcome,
    QuestionFile,
    QuoteFact,
    Ranking,
    Reason,
    Skipped,
)

HOSTILE = (
    "<script>alert(1)</script>",
    "</title></style></script><img src=x onerror=alert(1)>",
    '" onclick="alert(1)" x="',
    "' autofocus onfocus='alert(1)",
    "${alert(1)} {{7*7}} `x`",
    "javascript:alert(1)",
    r"$$\href{javascript:alert(1)}{x}$$ \(x\)",
    "<!-- --><svg/onload=alert(1)>&lt;b&gt;&#60;",
    "]]><a href='http://example.com/'>x</a>",
)


def make_question(number: int, text: str = "", **facts: Any) -> ExamQuestion:
    return ExamQuestion(id=f"id {number}", question=text or f"Question {number}?", **facts)


def make_quote(text: str, *, gold: Sequence[tuple[int, int]] = (), title: str = "Ten Days"):
    return QuoteFact(
        doc_id="ten-days.epub", title=title, heading="Smolny", pages=("12", "13"), start=100,
        end=100 + len(text), text=text, score=0.5, before="What went before. ",
        after=" What came after.", gold=tuple(gold),
    )  # fmt: skip


def make_outcome(question: ExamQuestion, **facts: Any) -> Outcome:
    known: dict[str, Any] = {
        "verdict": "answered", "confidence": 0.8, "short": "", "understood_as": question.question,
        "quotes": (), "related": (), "rankings": (), "seconds": 0.02, "metrics": {},
    }  # fmt: skip
    return Outcome(question=question, **{**known, **facts})


def make_report(outcomes: Sequence[Outcome], **file: Any) -> EvaluationReport:
    known: dict[str, Any] = {
        "name": "exam.csv", "format": "csv", "sha256": "ab" * 32,
        "questions": tuple(outcome.question for outcome in outcomes),
    }  # fmt: skip
    return reported(
        QuestionFile(**{**known, **file}), outcomes, created="2026-03-01T09:30:00+00:00",
        version="0.1.0", settings={"reader": "similarity", "answer_threshold": 0.5},
        manifest={"model": "minilm", "generation": "7"}, seconds=3.0,
    )  # fmt: skip


def varied_outcomes() -> list[Outcome]:
    """Twelve: of two kinds, a third unanswerable, some failed, confidences and times all over."""
    outcomes = []
    for number in range(12):
        answerable = number % 3 != 0
        is_answered = number % 4 != 0
        confidence = 0.05 + 0.08 * number
        question = make_question(
            number,
            kind="why" if number % 2 else "when",
            tags=("war",) if number < 6 else ("war", "peace"),
            answerable=answerable,
            quote_groups=(("the expected words", "other words"),) if answerable else (),
        )
        metrics = {
            "verdict_correct": float(answerable == is_answered),
            "false_refusals" if answerable else "false_answers": float(answerable != is_answered),
            "loss_if_answered": 0.5 if answerable else 1.0,
        }
        reason = Reason.NONE
        if answerable:
            metrics |= {"coverage@60": number / 12, "coverage@120": 1 - number / 24}
            reason = Reason.NONE if is_answered else Reason.WRONGLY_REFUSED
        elif is_answered:
            reason = Reason.WRONGLY_ANSWERED
        metrics["passed"] = float(reason is Reason.NONE)
        quotes = (make_quote("It is the expected words here.", gold=[(6, 24)]),)
        outcomes.append(
            make_outcome(
                question, verdict="answered" if is_answered else "not_found",
                confidence=confidence, seconds=0.01 * (1 + number % 5), metrics=metrics,
                reason=reason,
                quotes=quotes if is_answered else (), related=() if is_answered else quotes,
                rankings=(Ranking("passages", (2, 5), 2, 20),),
                explanation=f"explained {number}" if reason else "",
            )
        )  # fmt: skip
    return outcomes


@pytest.fixture(scope="module")
def report() -> EvaluationReport:
    return make_report(
        varied_outcomes(),
        bad_rows=(BadRow("exam.csv, row 3", "answerable", "yes or no", "perhaps"),),
        skipped=(Skipped("exam.csv, row 9", "Discuss.", "an essay"),),
        columns=(Column("Frage", "question"), Column("Notiz", "")),
    )


@pytest.fixture(scope="module")
def page(report: EvaluationReport) -> html.HtmlElement:
    return parsed(report)


def parsed(report: EvaluationReport, *rest: Any, **named: Any) -> html.HtmlElement:
    return html.document_fromstring(render(report, *rest, **named))


def words(node: html.HtmlElement) -> str:
    return " ".join(node.text_content().split())


def numbers(node: html.HtmlElement) -> list[float]:
    return [float(data.get("value")) for data in node.iter("data")]


def plot(page: html.HtmlElement, name: str) -> html.HtmlElement:
    (found,) = page.xpath("//*[@data-plot=$name]", name=name)
    return found


def place(node: html.HtmlElement, name: str) -> float:
    return float(node.get(name).removesuffix("%")) / 100


# --- figures ---


def test_cards_show_the_figures_of_the_report_with_their_intervals(report, page):
    cards = page.xpath("//ul[@class='cards']/li")
    assert {"passed", "coverage@60", "coverage@120", "false_answers"} <= {
        card.get("data-metric") for card in cards
    }
    for card in cards:
        figure = report.overall.figure(card.get("data-metric"))
        assert numbers(card) == [figure.value, figure.low, figure.high]
        assert f"{figure.count} questions" in words(card)


def test_the_table_of_all_figures_holds_every_figure_exactly(report, page):
    rows = page.xpath("//table[contains(@class, 'all-figures')]/tbody/tr")
    assert [
        (row.findtext("th"), *numbers(row), int(row.findall("td")[2].text)) for row in rows
    ] == [
        (figure.metric, figure.value, figure.low, figure.high, figure.count)
        for figure in report.overall.figures
    ]


def test_every_kind_and_tag_has_its_figures(report, page):
    for axis in ("kind", "tag"):
        (table,) = page.xpath("//table[caption=$caption]", caption=f"By {axis}")
        heads = [words(cell) for cell in table.xpath("./thead/tr/th")][2:]
        for row in table.xpath("./tbody/tr"):
            part = next(part for part in report.slices if part.name == words(row.find("th")))
            found = [part.figure(name) for name in heads]
            assert numbers(row) == [
                number for f in found if f for number in (f.value, f.low, f.high)
            ]


def test_figures_that_are_all_alike_are_not_sold_as_sure():
    metrics = {"passed": 1.0, "coverage@60": 0.5}
    page = parsed(make_report([make_outcome(make_question(n), metrics=metrics) for n in range(4)]))
    (passed,) = page.xpath("//li[@data-metric='passed']/p[@class='range']")
    assert words(passed) == "51 – 100 % · 4 questions"
    (covered,) = page.xpath("//li[@data-metric='coverage@60']/p[@class='range']")
    assert words(covered) == "4 questions"


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.723, "72"), (1.0, "100"), (0.999, ">99"), (0.0, "0"), (0.001, "<1"), (0.995, ">99")],
)
def test_only_everything_is_a_hundred_percent_and_only_nothing_is_none(share, said):
    assert percent(share, unit="") == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.0382, "38 ms"), (1.24, "1.2 s"), (99.96, "1 min 40 s")]
)
def test_times_are_said_in_the_unit_that_people_use(seconds, said):
    assert duration(seconds).replace("\N{NARROW NO-BREAK SPACE}", " ") == said


# --- plots ---


def test_the_strips_by_kind_stand_where_the_figures_are(report, page):
    rows = plot(page, "by-kind").xpath("./tbody/tr")
    named = {part.name or "All": part for part in report.slices if part.axis in ("overall", "kind")}
    assert sorted(words(row.find("th")).split()[0] for row in rows) == sorted(named)
    for row in rows:
        part = named[words(row.find("th")).split()[0]]
        figures = [part.figure("coverage@60"), part.figure("coverage@120")]
        ranges, dots = row.xpath(".//line[contains(@class, 'range')]"), row.xpath(".//circle")
        for figure, line, dot in zip(figures, ranges, dots, strict=True):
            assert place(dot, "cx") == pytest.approx(figure.value, abs=1e-4)
            assert place(line, "x1") == pytest.approx(figure.low, abs=1e-4)
            assert place(line, "x2") == pytest.approx(figure.high, abs=1e-4)
        assert numbers(row) == [figure.value for figure in figures]


def test_without_expected_quotes_the_strips_show_answers_in_quotes():
    metrics = {"answer_in_quotes@60": 1.0, "answer_in_quotes@120": 1.0, "passed": 1.0}
    outcomes = [make_outcome(make_question(1, kind="who"), metrics=metrics)]
    made = plot(parsed(make_report(outcomes)), "by-kind")
    assert made.findtext("caption") == "Expected answers that stand in the quotes"


def test_the_reliability_dots_are_the_bins(report, page):
    dots = plot(page, "reliability").xpath(".//circle")
    assert [(place(dot, "cx"), 1 - place(dot, "cy")) for dot in dots] == [
        (pytest.approx(part.confidence, abs=1e-4), pytest.approx(part.answerable, abs=1e-4))
        for part in report.reliability
    ]
    areas = [(float(dot.get("r")) - 3.5) ** 2 / part.count
             for dot, part in zip(dots, report.reliability, strict=True)]  # fmt: skip
    assert max(areas) == pytest.approx(min(areas), rel=0.05)


def test_the_risk_coverage_curve_goes_through_every_point(report, page):
    (line,) = plot(page, "risk-coverage").xpath(".//polyline")
    points = [tuple(map(float, point.split(","))) for point in line.get("points").split()]
    assert points == [
        (pytest.approx(point.coverage, abs=1e-5), pytest.approx(1 - point.risk, abs=1e-5))
        for point in report.risk_coverage
    ]


def test_the_ring_on_the_curve_is_the_shipped_threshold(report, page):
    (ring,) = plot(page, "risk-coverage").xpath(".//circle")
    with_loss = [out for out in report.outcomes if "loss_if_answered" in out.metrics]
    above = [out for out in with_loss if out.confidence >= 0.5]
    loss = sum(out.metrics["loss_if_answered"] for out in above) / len(above)
    assert place(ring, "cx") == pytest.approx(len(above) / len(with_loss), abs=1e-4)
    assert 1 - place(ring, "cy") == pytest.approx(loss, abs=1e-4)


def test_the_latency_bars_hold_every_question_and_are_as_high_as_they_are_many(report, page):
    drawn = plot(page, "latency")
    counts = [int(re.search(r": ([\d,]+) question", bar.findtext("title")).group(1))
              for bar in drawn.xpath(".//rect")]  # fmt: skip
    assert sum(counts) == len(report.outcomes)
    ratios = [
        place(bar, "height") / count
        for bar, count in zip(drawn.xpath(".//rect"), counts, strict=True)
    ]
    assert max(ratios) == pytest.approx(min(ratios), rel=1e-2)


def test_one_slow_question_does_not_squash_the_others_into_one_bar():
    times = [0.010 + 0.001 * n for n in range(60)] + [30.0]
    outcomes = [make_outcome(make_question(n), seconds=time) for n, time in enumerate(times)]
    drawn = plot(parsed(make_report(outcomes)), "latency")
    assert len(drawn.xpath(".//rect")) > 8
    assert "1 question took longer" in drawn.get("aria-label")


def test_the_outcomes_are_counted_by_reason(report, page):
    rows = plot(page, "failures").xpath("./tbody/tr")
    found = {words(row.find("th").find("a")).lower(): numbers(row)[0] for row in rows}
    expected = {str(reason) or "passed": 0 for reason in {out.reason for out in report.outcomes}}
    for outcome in report.outcomes:
        expected[str(outcome.reason) or "passed"] += 1
    assert found == expected


def test_every_drawing_has_a_text_alternative_or_numbers_beside_it(page):
    for drawn in page.xpath("//svg[not(ancestor::svg)]"):
        if drawn.get("role") == "img":
            assert len(drawn.get("aria-label")) > 60
            assert drawn.xpath(".//text[contains(@class, 'axis')]")
        else:
            assert drawn.get("aria-hidden") == "true"
            assert drawn.xpath("ancestor::tr//data | ancestor::li//data | ancestor::thead")


# --- questions ---


def test_every_question_is_listed_in_order_with_what_the_filter_needs(report, page):
    entries = page.xpath("//details[contains(@class, 'question')]")
    options = {
        choice.get("name"): {option.get("value"): words(option) for option in choice}
        for choice in page.xpath("//form//select")
    }
    assert [words(entry.find("summary").find("h3")) for entry in entries] == [
        outcome.question.question for outcome in report.outcomes
    ]
    for entry, outcome in zip(entries, report.outcomes, strict=True):
        question = outcome.question
        assert options["kind"][entry.get("data-kind")] == question.kind
        assert [options["tag"][tag] for tag in entry.get("data-tag").split()] == list(question.tags)
        reason = options["reason"][entry.get("data-reason")]
        assert reason == (str(outcome.reason) or "none (passed)")
        assert entry.get("data-state").split() == [
            "failed" if outcome.has_failed else "passed",
            "answered" if outcome.is_answered else "refused",
        ]


def test_a_question_opens_to_quotes_in_context_with_the_expected_parts_marked(page):
    entry = page.get_element_by_id("q2")
    (block,) = entry.xpath(".//ol[@class='quotes']//blockquote")
    assert block.text_content() == (
        "What went before. It is the expected words here. What came after."
    )
    assert block.findtext("q/mark") == "the expected words"
    assert "Ten Days · Smolny · pp. 12–13" in words(entry)


def test_overlapping_expected_parts_do_not_repeat_text():
    quote = make_quote("abcdefgh", gold=[(0, 4), (2, 6), (3, 5)])
    page = parsed(make_report([make_outcome(make_question(1), quotes=(quote,))]))
    (text,) = page.xpath("//q")
    assert text.text_content() == "abcdefgh"
    assert [mark.text for mark in text] == ["abcd", "ef"]


def test_a_question_opens_to_its_reason_and_what_was_expected(report, page):
    failed = next(n for n, out in enumerate(report.outcomes, 1) if out.has_failed)
    entry = page.get_element_by_id(f"q{failed}")
    assert f"Explained {failed - 1}" in words(entry)
    quoted = words(page.get_element_by_id("q2").xpath(".//ol[@class='groups']/li")[0])
    assert quoted == "✓quoted: the expected wordsorother words"


def test_expected_answers_and_numbers_are_shown_with_their_tolerance():
    question = make_question(1, answers=("Lenin",), numbers=(Number(1920, 5),), document="ten.txt")
    (side,) = parsed(make_report([make_outcome(question)])).xpath(
        "//div[@class='side'][h4='Expected']"
    )
    assert "Lenin or 1920 ± 5" in words(side)
    assert "ten.txt" in words(side)


def test_what_could_not_be_run_is_listed_and_said_first(page):
    notices = [words(notice) for notice in page.xpath("//p[@class='notice']")]
    assert notices == [
        "1 row is broken and not part of these figures. See which.",
        "1 question was skipped and not part of these figures. See which.",
    ]
    rows = [[words(cell) for cell in row] for row in page.xpath("//section[@id='file']//tbody/tr")]
    assert ["exam.csv, row 3", "answerable", "yes or no", "perhaps"] in rows
    assert ["exam.csv, row 9", "Discuss.", "an essay"] in rows
    assert ["Notiz", "not used"] in rows
    assert ["generation", "7"] in rows


def test_thresholds_that_were_not_met_are_said_first(report):
    page = parsed(report, missed=["passed is 0.5, not 0.8"])
    assert words(page.xpath("//p[@class='notice']")[0]) == (
        "Threshold not met: passed is 0.5, not 0.8"
    )


def test_a_report_without_any_outcome_is_a_page_too():
    page = parsed(make_report([], bad_rows=(BadRow("exam.csv", "", "questions"),)))
    assert "No question could be asked." in words(page)
    assert not page.xpath("//nav/a[@href='#plots']")


# --- comparison ---


def test_a_comparison_shows_what_changed_and_leads_to_the_questions(report):
    def changed(number: int, **metrics: float) -> Outcome:
        outcome = report.outcomes[number]
        return replace(outcome, metrics={**outcome.metrics, **metrics}, reason=Reason.WRONG_PART)

    outcomes = [changed(1, passed=0.0), *report.outcomes[2:], report.outcomes[0]]
    old = make_report(outcomes)
    comparison = compared(old, report)
    page = parsed(report, comparison)
    (section,) = page.xpath("//section[@id='changes']")
    assert "1 better, 0 worse, 11 as before" in words(section)
    (link,) = section.xpath(".//ul[@class='changed']//a")
    assert words(link) == report.outcomes[1].question.question
    target = page.get_element_by_id(link.get("href").removeprefix("#"))
    assert words(target.find("summary").find("h3")) == words(link)
    assert "better" in target.get("data-state")
    row = section.xpath(".//tbody/tr[starts-with(th, 'passed')]")[0]
    (change,) = (change for change in comparison.metrics if change.metric == "passed")
    assert numbers(row) == [change.old, change.new, change.new - change.old, change.p]


def test_without_a_comparison_nothing_is_said_about_change(page):
    assert not page.xpath("//section[@id='changes']")
    assert "got better" not in words(page.xpath("//form")[0])


# --- the page as a page ---


def test_headings_go_down_one_level_at_a_time_and_begin_with_one_title(page):
    levels = [int(node.tag[1]) for node in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise([0, *levels]))


def test_ids_are_unique_and_every_link_leads_to_one(page):
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in page.xpath("//a/@href")} <= set(ids)


def test_every_table_has_headers_for_its_columns_and_rows(page):
    for table in page.iter("table"):
        assert table.find("caption") is not None
        assert all(cell.get("scope") == "col" for cell in table.xpath("./thead//th"))
        assert all(row[0].get("scope") == "row" for row in table.xpath("./tbody/tr"))


def test_nothing_outside_the_page_is_referenced(report):
    source = render(report, compared(report, report))
    page = html.document_fromstring(source)
    assert not page.xpath(
        "//@src | //@srcset | //@action | //@style | //iframe | //object | //base"
    )
    assert {value[0] for value in page.xpath("//a/@href")} == {"#"}
    assert page.xpath("//link/@href") == ["data:,"]
    assert not re.search(r"url\(|@import|https?://", source)


def test_the_policy_lets_only_the_pages_own_two_parts_run(page):
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        (part,) = page.iter(tag)
        digest = hashlib.sha256(part.text.encode("utf-8")).digest()
        assert rules[rule] == f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def hostile_report(text: str) -> EvaluationReport:
    """A report that has ``text`` in every place that a file or a reading can bring text to."""
    quote = replace(
        make_quote(text, gold=[(0, len(text))], title=text), heading=f"{text}.", doc_id=text,
        before=text, after=text, pages=(text, text), is_verbatim=False,
    )  # fmt: skip
    question = ExamQuestion(
        id=text, question=text, history=(text,), answers=(text,), quote_groups=((text, text),),
        document=text, pages=(text,), kind=text, tags=(text,), origin=text,
    )  # fmt: skip
    outcome = make_outcome(
        question, short=text, understood_as=f"{text}!", quotes=(quote,), related=(quote,),
        metrics={"passed": 0.0, "coverage@60": 0.5, "coverage@120": 0.5},
        reason=Reason.WRONG_PART, explanation=text,
    )  # fmt: skip
    return replace(
        make_report(
            [outcome], name=text, format=text, sha256=text, columns=(Column(text, text),),
            bad_rows=(BadRow(text, text, text, text),), skipped=(Skipped(text, text, text),),
        ),
        created=text, version=text, settings={text: text}, manifest={text: text, "model": text},
        notes=(text,),
    )  # fmt: skip


def skeleton(page: html.HtmlElement) -> list[tuple[str, list[str]]]:
    return [(str(node.tag), sorted(node.keys())) for node in page.iter()]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_makes_the_same_elements_as_harmless_text_and_is_shown(text):
    harmless, hostile = hostile_report("harmless"), hostile_report(text)
    old = replace(hostile.outcomes[0], metrics={"passed": 1.0})
    comparison = replace(
        compared(replace(hostile, outcomes=(old,)), hostile), differences=(text,), only_old=(text,)
    )
    of_harmless = replace(
        comparison,
        questions=tuple(replace(change, question=harmless.outcomes[0].question)
                        for change in comparison.questions),
    )  # fmt: skip
    page = parsed(hostile, comparison, missed=[text])
    assert skeleton(page) == skeleton(parsed(harmless, of_harmless, missed=["harmless"]))
    assert page.findtext("head/title") == f"{text} – histqa evaluation"
    assert page.findtext(".//h1/bdi") == text
    assert page.xpath("//q")[0].text_content() == text
    assert {text, f"{text}!"} & {option.text for option in page.iter("option")}
    assert not [name for node in page.iter() for name in node.attrib if name.startswith("on")]


def test_characters_that_turn_or_hide_text_are_shown_as_what_they_are():
    source = render(hostile_report("ab\u202ecba\u2066x\u200b\x00\ud800"))
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00\ud800-\udfff]", source)
    assert "ab‹U+202E›cba‹U+2066›x‹U+200B›‹U+0000›‹U+D800›" in source
    source.encode("utf-8")


@given(st.text())
def test_any_text_comes_back_from_the_page_as_it_was_seen(text):
    node = html.fragment_fromstring(element("p", text, title=text))
    seen = visible(text).replace("\r\n", "\n").replace("\r", "\n")
    assert (node.text or "").replace("\r\n", "\n").replace("\r", "\n") == seen
    assert "<" not in escaped(text)


def test_the_page_of_a_long_exam_is_light():
    outcome = varied_outcomes()[1]
    context = "word " * 1000
    quote = replace(outcome.quotes[0], before=context, after=context)
    heavy = replace(outcome, quotes=(quote,) * 3)

    def sized(count: int) -> tuple[int, int]:
        outcomes = [replace(heavy, question=make_question(n)) for n in range(count)]
        source = render(make_report(outcomes))
        return len(source), sum(1 for _ in html.document_fromstring(source).iter())

    (few_characters, few_nodes), (many_characters, many_nodes) = sized(10), sized(30)
    assert (many_nodes - few_nodes) / 20 < 60
    assert (many_characters - few_characters) / 20 < 5000
