"""EvaluationReport -> one self-contained HTML page, which asks no host for anything."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from histqa.evaluation.comparing import Comparison
from histqa.evaluation.html.changes import changes
from histqa.evaluation.html.elements import Markup, element, escaped
from histqa.evaluation.html.plots import plots
from histqa.evaluation.html.questions import anchors, questions
from histqa.evaluation.html.summary import about_file, cards, head
from histqa.evaluation.records import EvaluationReport

_HERE = Path(__file__).parent


def render(
    report: EvaluationReport,
    comparison: Comparison | None = None,
    *,
    missed: Sequence[str] = (),
) -> str:
    """The page. ``missed``: thresholds that were not met, each as a sentence.

    Every text is escaped, and the page's policy lets nothing run or load but its own two parts,
    which it names by their hashes.
    """
    body = (
        head(report, missed),
        _contents(report, comparison),
        cards(report),
        _plots(report),
        changes(comparison, anchors(report)) if comparison else "",
        questions(report, comparison),
        about_file(report),
    )
    return f"<!doctype html>\n{_page(report.file.name, body)}\n"


def _page(title: str, body: Sequence[str]) -> Markup:
    style = Markup((_HERE / "page.css").read_text(encoding="utf-8"))
    script = Markup((_HERE / "page.js").read_text(encoding="utf-8"))
    return element(
        "html",
        element(
            "head",
            Markup('<meta charset="utf-8">'),
            Markup(
                '<meta http-equiv="Content-Security-Policy" '
                f'content="{escaped(_policy(style, script))}">'
            ),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="color-scheme", content="light dark"),
            element("meta", name="referrer", content="no-referrer"),
            element("link", rel="icon", href="data:,"),
            element("title", f"{title} – histqa evaluation"),
            element("style", style),
        ),
        element(
            "body",
            element("a", "To the questions", href="#questions", class_="skip"),
            element("main", *body),
            element("script", script),
        ),
        lang="en",
    )


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _contents(report: EvaluationReport, comparison: Comparison | None) -> Markup:
    parts = [("figures", "Key figures")]
    parts += [("plots", "Plots")] if report.outcomes else []
    parts += [("changes", "Changes")] if comparison else []
    parts += [("questions", "Questions"), ("file", "File and settings")]
    links = (element("a", title, href=f"#{name}") for name, title in parts)
    return element("nav", *links, aria_label="Contents")


def _plots(report: EvaluationReport) -> Markup:
    drawn = plots(report)
    if not drawn:
        return Markup()
    return element("section", element("h2", "Plots"), drawn, id="plots")
