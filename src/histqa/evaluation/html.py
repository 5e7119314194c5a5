"""EvaluationReport -> one self-contained HTML page."""

from __future__ import annotations

from html import escape

from histqa.evaluation.comparing import Comparison
from histqa.evaluation.records import EvaluationReport


def render(report: EvaluationReport, comparison: Comparison | None = None) -> str:
    """The page; it asks no other host for anything, and every text in it is escaped."""
    figures = "".join(
        f"<tr><th scope='row'>{escape(figure.metric)}</th><td>{figure.value:.3f}</td>"
        f"<td>{figure.low:.3f} – {figure.high:.3f}</td><td>{figure.count}</td></tr>"
        for figure in report.overall.figures
    )
    failures = "".join(
        f"<li>{escape(outcome.question.question)}<br>{escape(outcome.reason)}: "
        f"{escape(outcome.explanation)}</li>"
        for outcome in report.failures
    )
    changed = ""
    if comparison:
        changed = f"<p>{len(comparison.better)} better, {len(comparison.worse)} worse</p>"
    title = escape(report.file.name)
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{title}</title><main>"
        f"<h1>{title}</h1>{changed}<table><tr><th>Figure</th><th>Value</th><th>95 % interval</th>"
        f"<th>Questions</th></tr>{figures}</table><h2>Failures</h2><ol>{failures}</ol></main></html>\n"
    )
