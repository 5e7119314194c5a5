"""The commands: options -> work done and shown -> exit status."""

from __future__ import annotations

import json
import time
from argparse import Namespace
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from histqa.errors import CorpusError, IndexBusy, IndexWriteFault, SettingsError
from histqa.frontends.cli.machine import all_cores
from histqa.frontends.cli.output import progress_bar, remark, say, say_json, width
from histqa.frontends.view import (
    answer_as_json,
    answer_as_text,
    report_as_json,
    report_as_text,
)
from histqa.settings import Settings, load_settings
from histqa.types import IndexReport

if TYPE_CHECKING:
    from histqa.frontends.feedback import Feedback

_PROBLEMS_TOLD = 5
DONE = 0
NOT_WELL = 1
NOT_FOUND = 3
HAS_PROBLEMS = 4


def index(options: Namespace) -> int:
    """Build or update the index; show the report."""
    from histqa.index import build_index
    from histqa.suggesting import renew_suggestions

    corpus = options.corpus if options.path is None else options.path
    settings = load_settings(corpus=corpus, index=options.index)
    with all_cores(), progress_bar() as progress:
        report = build_index(settings, progress=progress, rebuild=options.rebuild)
    if options.json:
        say_json(report_as_json(report))
    else:
        say(report_as_text(report))
    renew_suggestions(settings)
    has_errors = any(problem.severity == "error" for problem in report.problems)
    return HAS_PROBLEMS if options.strict and has_errors else DONE


def ask(options: Namespace) -> int:
    """Answer one question, or hold a conversation."""
    from histqa.assistant import Assistant
    from histqa.frontends.cli.conversation import converse, period_wanted

    settings = load_settings(corpus=options.corpus, index=options.index)
    if options.update:
        bring_up_to_date(settings)
    with Assistant.open(settings=settings) as assistant:
        if not options.question:
            return converse(assistant, options)
        answer = assistant.ask(
            " ".join(options.question),
            history=options.history,
            readings=options.readings,
            period=period_wanted(options),
            max_words=options.max_words,
            variants=options.variants,
        )
    if options.json:
        say_json(answer_as_json(answer))
    else:
        say(answer_as_text(answer, width=width()))
    return DONE if answer.is_answered else NOT_FOUND


def serve(options: Namespace) -> int:
    """Bring the index up to date and open the web chat."""
    settings = load_settings(
        corpus=options.corpus, index=options.index, host=options.host, port=options.port
    )
    from histqa.frontends import chat
    from histqa.frontends.signing import secret_of

    # A port that is taken, or a secret that cannot be had, is said before the long work.
    chat.listening_socket(settings).close()
    secret_of(settings)
    if not options.no_update:
        bring_up_to_date(settings)
    chat.serve(settings, open_browser=options.open)
    return DONE


def mcp(options: Namespace) -> int:
    """Answer a program on this machine that speaks the Model Context Protocol."""
    settings = load_settings(corpus=options.corpus, index=options.index)
    base = _web_address(options.base or f"http://127.0.0.1:{settings.port}")
    from histqa.frontends.mcp.stdio import serve_stdio

    serve_stdio(settings, base=base)
    return DONE


def link(options: Namespace) -> int:
    """Print a link into the web chat that lasts for a time."""
    from histqa.frontends.access import link_address
    from histqa.frontends.signing import Signatures, secret_of

    settings = load_settings(corpus=options.corpus, index=options.index)
    base = _web_address(options.base or f"http://127.0.0.1:{settings.port}")
    expires = int(time.time()) + options.expires
    say(link_address(base, Signatures(secret_of(settings)).token(expires)) + "\n")
    until = datetime.fromtimestamp(expires, UTC).strftime("%d %B %Y, %H:%M")
    remark(f"It lets whoever has it in until {until} UTC.")
    if settings.access != "link":
        remark(
            'Everybody is let in as it is: set access = "link" to let in only those with a link.'
        )
    return DONE


def _web_address(base: str) -> str:
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise SettingsError(f"--base: {base!r} is no address such as https://example.org/histqa")
    return base


def feedback(options: Namespace) -> int:
    """Write the votes of the web chat as test questions, one JSON object a line; or delete some."""
    from histqa.frontends.feedback import Feedback

    settings = load_settings(corpus=options.corpus, index=options.index)
    if not settings.feedback:
        raise SettingsError("feedback: the setting is empty, so no votes are kept; name a file")
    votes = Feedback(Path(settings.feedback), settings.feedback_days)
    return _delete(votes, options) if options.action == "delete" else _export(votes, options)


def _export(votes: Feedback, options: Namespace) -> int:
    questions = list(votes.questions())
    lines = "".join(json.dumps(one, ensure_ascii=True) + "\n" for one in questions)
    if options.file == "-":
        say(lines)
        return DONE
    Path(options.file).write_text(lines, encoding="utf-8")
    remark(
        f"{options.file}: {len(questions):,} votes; read and mend them before you measure with them"
    )
    return DONE


def _delete(votes: Feedback, options: Namespace) -> int:
    if options.id is not None:
        count = votes.delete(options.id)
    else:
        count = votes.delete_before(options.before or datetime.max.replace(tzinfo=UTC))
    remark(f"deleted {count:,} votes; what was exported before is not touched")
    return DONE


def doctor(options: Namespace) -> int:
    """Say what is installed, in what state the index is, what would be slow."""
    from histqa.frontends.doctor import examine
    from histqa.frontends.doctor.checkup import as_json, as_text

    checkup = examine(corpus=options.corpus, index=options.index)
    if options.json:
        say_json(as_json(checkup))
    else:
        say(as_text(checkup))
    return DONE if checkup.is_well else NOT_WELL


def evaluate(options: Namespace) -> int:
    """Measure the answers with a file of test questions."""
    from histqa.frontends.cli import evaluating

    settings = load_settings(corpus=options.corpus, index=options.index)
    if options.update:
        bring_up_to_date(settings)
    if options.init or options.suggest:
        return evaluating.draft(options, settings)
    return evaluating.evaluate(options, settings)


COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "index": index,
    "ask": ask,
    "serve": serve,
    "mcp": mcp,
    "link": link,
    "eval": evaluate,
    "feedback": feedback,
    "doctor": doctor,
}


def bring_up_to_date(settings: Settings) -> None:
    """Update the index if the readings have changed, and renew what it suggests to ask.

    Where that cannot be (no corpus here, a read-only index, another build at work) an index that
    is there already does.
    """
    from histqa.stores.sqlite.database import DATABASE_NAME
    from histqa.suggesting import renew_suggestions

    try:
        _update_if_changed(settings)
    except (CorpusError, IndexBusy, IndexWriteFault) as error:
        if not (Path(settings.index) / DATABASE_NAME).is_file():
            raise
        remark(f"Going on with the index as it is: {error}")
        return
    renew_suggestions(settings)


def _update_if_changed(settings: Settings) -> None:
    from histqa.index import is_up_to_date

    if is_up_to_date(settings):
        return
    remark(f"Bringing the index of {settings.corpus} up to date ...")
    report = _updated(settings)
    remark(f"Done in {report.seconds:.0f} s: {report.readings:,} readings.{_told(report)}")
    for problem in [one for one in report.problems if one.severity == "error"][:_PROBLEMS_TOLD]:
        remark(f"  {problem.path}: {problem.reason}: {problem.cure}")


def _told(report: IndexReport) -> str:
    if not report.problems:
        return ""
    return f" Files with problems: {len(report.problems):,}; `histqa index` lists them."


def _updated(settings: Settings) -> IndexReport:
    from histqa.embedders import build_embedder
    from histqa.index import build_index

    # Loaded first, for only then are there threads to set; the questions need it anyway.
    embedder = build_embedder(settings.embedder, batch_size=settings.embedding_batch)
    with all_cores(), progress_bar() as progress:
        return build_index(settings, embedder=embedder, progress=progress)
