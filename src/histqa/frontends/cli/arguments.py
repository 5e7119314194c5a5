"""The words of the command line -> what is to be done; nothing heavy is imported for it."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from histqa.settings import Settings
from histqa.types import AUTO

_DEFAULTS = Settings()
_LONGEST_LINK = 10 * 366 * 86_400
DESCRIPTION = "Ask your history readings; get verbatim quotes with their places. Works offline."
EXIT_STATUS = """\
exit status: 0 done or answered, 1 a fault (one line on stderr), 2 wrong usage, 3 the readings do
not say, 4 files left out under --strict, 130 interrupted

Settings can also stand in ./histqa.toml or in HISTQA_... variables; docs/settings.md lists them.
"""
EVAL_STATUS = """\
exit status: 0 done, 1 a fault or a figure beyond --min or --max, 2 the file has bad rows (the rest
is run and reported) or wrong usage, 130 interrupted (the same command goes on)
"""


def parse(arguments: Sequence[str] | None = None) -> Namespace:
    """The options of one command; wrong usage ends the program with status 2."""
    parser = ArgumentParser(
        prog="histqa",
        description=DESCRIPTION,
        epilog=EXIT_STATUS,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"histqa {version('histqa')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _index(commands.add_parser("index", help="read the corpus and build or update its index"))
    _ask(commands.add_parser("ask", help="answer a question, or hold a conversation"))
    _serve(commands.add_parser("serve", help="open the web chat on this machine"))
    _mcp(commands.add_parser("mcp", help="be the tools of a program that uses a language model"))
    _link(commands.add_parser("link", help="make a link that lets its holders into the web chat"))
    _eval(commands.add_parser("eval", help="measure the answers with a file of test questions"))
    _feedback(commands.add_parser("feedback", help="export or delete the votes of the web chat"))
    _doctor(commands.add_parser("doctor", help="say what is installed and in what state it is"))
    options = parser.parse_args(arguments)
    if options.command == "ask" and options.json and not options.question:
        parser.error("--json needs a QUESTION: a conversation is not one JSON object")
    if options.command == "index" and options.path is not None and options.corpus is not None:
        parser.error("PATH and --corpus both name the readings: give one of them")
    return options


def _index(parser: ArgumentParser) -> None:
    parser.add_argument(
        "path", nargs="?", metavar="PATH", help="folder of readings; the same as --corpus"
    )
    parser.add_argument("--strict", action="store_true", help="status 4 if any file was left out")
    parser.add_argument(
        "--rebuild", action="store_true", help="make everything anew instead of updating"
    )
    parser.add_argument(
        "--allow-download", action="store_true", help="let an embedding model come from a hub"
    )
    _common(parser, has_json=True)


def _ask(parser: ArgumentParser) -> None:
    parser.add_argument(
        "question",
        nargs="*",
        metavar="QUESTION",
        help="without one: a conversation, or one question per line of piped input",
    )
    parser.add_argument(
        "--readings",
        action="append",
        default=[],
        metavar="READING",
        help="search only this reading or folder; may be repeated",
    )
    parser.add_argument(
        "--history",
        action="append",
        default=[],
        metavar="QUESTION",
        help="an earlier question that this one follows on; may be repeated, oldest first",
    )
    parser.add_argument(
        "--period",
        default=AUTO,
        metavar="TIME",
        help='passages of this time come sooner: "1918-1922", "after 1920"; by default the'
        " question says it; none to do without",
    )
    parser.add_argument("--max-words", type=int, metavar="N", help="quote at most N words in all")
    parser.add_argument(
        "--no-variants",
        dest="variants",
        action="store_false",
        help="search only the words as typed, for no other spellings or names",
    )
    parser.add_argument(
        "--update", action="store_true", help="bring the index up to date with the readings first"
    )
    _common(parser, has_json=True)


def _serve(parser: ArgumentParser) -> None:
    parser.add_argument("--port", type=int, metavar="N", help=f"port (default: {_DEFAULTS.port})")
    parser.add_argument(
        "--host", metavar="NAME", help=f"address to listen on (default: {_DEFAULTS.host})"
    )
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    parser.add_argument(
        "--no-update", action="store_true", help="serve the index as it is, whatever has changed"
    )
    _common(parser, has_json=False)


def _mcp(parser: ArgumentParser) -> None:
    parser.description = (
        "Speaks the Model Context Protocol over stdin and stdout, for desktop clients, which start"
        " it themselves (docs/api.md)."
    )
    _base(parser)
    _common(parser, has_json=False)


def _base(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--base",
        metavar="URL",
        help="where the web chat is reached (default: http://127.0.0.1 and the port)",
    )


def _link(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--expires",
        type=_seconds,
        default="30d",
        metavar="TIME",
        help="how long it lasts, in days, hours or minutes: 30d, 12h, 45m (default: 30d)",
    )
    _base(parser)
    _common(parser, has_json=False)


def _seconds(written: str) -> int:
    unit = {"d": 86_400, "h": 3_600, "m": 60}.get(written[-1:], 0)
    number = int(written[:-1]) if written[:-1].isascii() and written[:-1].isdecimal() else 0
    if not 0 < number * unit <= _LONGEST_LINK:
        raise ArgumentTypeError(
            f"{written!r} is no time between a minute and ten years, such as 30d, 12h or 45m"
        )
    return number * unit


def _eval(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the test questions (docs/evaluation.md)")
    parser.add_argument("--format", metavar="NAME", help="format, where the suffix does not say it")
    for name, what in (
        ("json", "the whole report, for --compare and for programs; - prints it"),
        ("html", "the report as one page"),
        ("junit", "the report as JUnit XML, for build servers"),
    ):
        parser.add_argument(f"--{name}", metavar="OUT", help=what)
    parser.add_argument(
        "--compare", metavar="OLD.json", help="show what changed since the run with this --json"
    )
    parser.add_argument(
        "--min",
        action="append",
        default=[],
        metavar="METRIC=VALUE",
        help="status 1 if this figure is lower, as in coverage@60=0.8; may be repeated",
    )
    parser.add_argument(
        "--max",
        action="append",
        default=[],
        metavar="METRIC=VALUE",
        help="status 1 if this figure is higher; may be repeated",
    )
    parser.add_argument(
        "--jobs", type=_positive, default=1, metavar="N", help="ask N questions at a time"
    )
    parser.add_argument(
        "--init", action="store_true", help="write FILE: a few draft questions to start from"
    )
    parser.add_argument(
        "--suggest",
        type=_positive,
        metavar="N",
        help="write FILE: N synthetic questions from the readings, for a person to edit",
    )
    parser.add_argument(
        "--update", action="store_true", help="bring the index up to date with the readings first"
    )
    _common(parser, has_json=False)
    parser.epilog = EVAL_STATUS


def _positive(written: str) -> int:
    number = int(written) if written.isdecimal() else 0
    if number < 1:
        raise ArgumentTypeError(f"{written!r} is no whole number of at least 1")
    return number


def _feedback(parser: ArgumentParser) -> None:
    parser.allow_abbrev = False
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    export = actions.add_parser("export", help="write votes as test questions for histqa eval")
    export.add_argument(
        "file", nargs="?", default="-", metavar="OUT.jsonl", help="file to write; - prints it"
    )
    _common(export, has_json=False)
    delete = actions.add_parser("delete", help="delete votes, with all that was kept of them")
    which = delete.add_mutually_exclusive_group(required=True)
    which.add_argument("--before", type=_day, metavar="YYYY-MM-DD", help="those before it (UTC)")
    which.add_argument("--id", metavar="ID", help="the one that export shows under this id")
    which.add_argument("--all", action="store_true", help="every vote")
    _common(delete, has_json=False)


def _day(written: str) -> datetime:
    try:
        return datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise ArgumentTypeError(f"{written!r} is no day such as 2026-09-30") from error


def _doctor(parser: ArgumentParser) -> None:
    _common(parser, has_json=True)


def _common(parser: ArgumentParser, *, has_json: bool) -> None:
    parser.allow_abbrev = False
    for name, what in (("corpus", "the readings"), ("index", "the index")):
        default = getattr(_DEFAULTS, name)
        parser.add_argument(f"--{name}", metavar="FOLDER", help=f"{what} (default: {default})")
    parser.add_argument("--verbose", action="store_true", help="log what is done, on stderr")
    if has_json:
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object (docs/json.md)"
        )
