"""Options -> the compact chat, the snippets that embed it, and the page that makes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from histqa.frontends.embed.labels import LABELS
from histqa.frontends.embed.options import BETWEEN_READINGS, POSITIONS, Options
from histqa.frontends.markup import escaped

_HEAD = (
    '<head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
)


def compact_page(
    options: Options, *, root: str, max_question_characters: int, suggestions: Sequence[str] = ()
) -> str:
    """The compact chat; everything that it shows later its script puts in as text.

    It offers the question of its options, or else ``suggestions``.
    """
    labels = options.labels
    values = {
        "root": root,
        "colour": options.colour,
        "first": json.dumps([options.question] if options.question else list(suggestions)),
        "labels": json.dumps(asdict(labels)),
        "readings": json.dumps(options.readings),
    }
    data = "".join(f' data-{name}="{escaped(value)}"' for name, value in values.items())
    title = escaped(options.shown_title)
    return (
        f'<!doctype html><html lang="{options.shown_language}">{_HEAD}<title>{title}</title>'
        f'<link rel="stylesheet" href="{escaped(root)}/style/embed.css">'
        f'<script src="{escaped(root)}/style/embed.js" defer></script></head><body{data}>'
        f'<header><h1><bdi>{title}</bdi></h1></header><main><div id="talk">'
        f"<p>{escaped(labels.welcome)}</p></div>"
        f"<noscript><p>{escaped(labels.needs_script)}</p></noscript>"
        '<p id="said" role="status"></p>'
        f'<form id="form"><label for="question">{escaped(labels.question)}</label>'
        f'<input id="question" autocomplete="off" dir="auto" required '
        f'maxlength="{max_question_characters}">'
        f"<button>{escaped(labels.ask)}</button></form></main></body></html>"
    )


def widget_snippet(options: Options, base: str) -> str:
    """The line that puts the button on a page."""
    data = "".join(f' data-{name}="{escaped(value)}"' for name, value in options.given.items())
    return f'<script src="{escaped(base)}/widget.js"{data} async></script>'


def frame_snippet(options: Options, base: str) -> str:
    """The line that puts the compact chat itself on a page."""
    address = f"{base}/embed" + (f"?{options.query}" if options.query else "")
    return (
        f'<iframe src="{escaped(address)}" title="{escaped(options.shown_title)}" width="100%" '
        'height="560" style="border:1px solid #ccc;border-radius:8px"></iframe>'
    )


def help_page(options: Options, *, base: str, root: str, origins: Sequence[str]) -> str:
    """The form for the options, and below it what to copy."""
    sites = ", ".join(origins) or "none yet: name them in the setting allowed_origins"
    alone = f"{root}/embed" + (f"?{options.query}" if options.query else "")
    body = (
        "<h1>Put the chat on your page</h1>"
        f'<form method="get" action="{escaped(root)}/embed/help">{_fields(options)}'
        "<p><button>Make the lines to copy</button></p></form>"
        "<h2>A button that opens the chat</h2><p>One line, anywhere in the page:</p>"
        f"{_copied('Button', widget_snippet(options, base))}"
        "<h2>The chat inside the page</h2><p>Where scripts are not allowed, or to have it open:</p>"
        f"{_copied('Frame', frame_snippet(options, base))}"
        f'<p><a href="{escaped(alone)}">See it alone</a></p>'
        f"<h2>Where it may stand</h2><p>Sites beside this one: {escaped(sites)}.</p>"
    )
    return (
        f'<!doctype html><html lang="en">{_HEAD}<title>Embed histqa</title>'
        f'<link rel="stylesheet" href="{escaped(root)}/style/embed.css"></head>'
        f'<body class="help"><main>{body}</main></body></html>'
    )


def _copied(label: str, snippet: str) -> str:
    return f'<textarea readonly rows="4" aria-label="{label}">{escaped(snippet)}</textarea>'


def _fields(options: Options) -> str:
    readings = BETWEEN_READINGS.join(options.readings)
    return (
        _text("title", "Title", options.title)
        + _text("question", "A first question to offer", options.question)
        + _text("readings", "Only these readings or folders, with | between", readings)
        + _text("colour", "Colour, such as #234e7d", options.colour)
        + _choice("language", "Language", tuple(LABELS), options.language)
        + _choice("position", "Corner of the button", POSITIONS, options.position)
    )


def _text(name: str, label: str, value: str) -> str:
    return f'<p><label>{label}<br><input name="{name}" value="{escaped(value)}"></label></p>'


def _choice(name: str, label: str, values: Sequence[str], chosen: str) -> str:
    items = "".join(
        f"<option{' selected' * (value == chosen)}>{value}</option>" for value in values
    )
    return f'<p><label>{label}<br><select name="{name}">{items}</select></label></p>'
