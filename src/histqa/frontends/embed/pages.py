"""Options -> the compact chat, the snippets that embed it, and the page that makes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from histqa.frontends.embed.options import BETWEEN_READINGS, POSITIONS, Options
from histqa.frontends.fragments import static_text
from histqa.frontends.languages import ENGLISH, LANGUAGES, Language
from histqa.frontends.markup import escaped

_HEAD = (
    '<head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
)
SCRIPT_WORDS = (
    "answer.nearest", "answer.not_found", "answer.understood", "embed.busy", "embed.failed",
    "embed.looking", "embed.not_let_in", "embed.not_understood", "embed.too_many", "place.page",
    "place.pages", "place.paragraph",
)  # fmt: skip
"""What the script of the compact chat says."""


def compact_page(
    options: Options,
    language: Language,
    *,
    root: str,
    max_question_characters: int,
    suggestions: Sequence[str] = (),
) -> str:
    """The compact chat; everything that it shows later its script puts in as text.

    It offers the question of its options, or else ``suggestions``.
    """
    values = {
        "root": root,
        "colour": options.colour,
        "first": json.dumps([options.question] if options.question else list(suggestions)),
        "lang": language.code if language.is_asked else "",
        "labels": json.dumps({name: language.texts[name] for name in SCRIPT_WORDS}),
        "readings": json.dumps(options.readings),
    }
    data = "".join(f' data-{name}="{escaped(value)}"' for name, value in values.items())
    title = escaped(options.title or language.text("embed.title"))
    words = {
        name: escaped(language.text(name))
        for name in ("embed.welcome", "embed.needs_script", "chat.question", "chat.ask")
    }
    return (
        f'<!doctype html><html lang="{language.code}">{_HEAD}<title>{title}</title>'
        f'<link rel="icon" href="{escaped(root)}/style/icon.svg">'
        f'<link rel="stylesheet" href="{escaped(root)}/style/embed.css">'
        f'<script src="{escaped(root)}/style/embed.js" defer></script></head><body{data}>'
        f'<header><h1><bdi>{title}</bdi></h1></header><main><div id="talk">'
        f"<p>{words['embed.welcome']}</p></div>"
        f"<noscript><p>{words['embed.needs_script']}</p></noscript>"
        '<p id="said" role="status"></p>'
        f'<form id="form"><label for="question">{words["chat.question"]}</label>'
        f'<input id="question" autocomplete="off" dir="auto" required '
        f'maxlength="{max_question_characters}">'
        f"<button>{words['chat.ask']}</button></form></main></body></html>"
    )


def widget_script(usual: str) -> str:
    """The script of the button, with its words and the ``usual`` language."""
    titles = {code: language.text("embed.title") for code, language in LANGUAGES.items()}
    script = static_text("widget.js").replace('"@{usual}"', json.dumps(usual))
    return script.replace('"@{titles}"', json.dumps(titles, ensure_ascii=False))


def widget_snippet(options: Options, base: str) -> str:
    """The line that puts the button on a page."""
    data = "".join(f' data-{name}="{escaped(value)}"' for name, value in options.given.items())
    return f'<script src="{escaped(base)}/widget.js"{data} async></script>'


def frame_snippet(options: Options, base: str, usual: Language = ENGLISH) -> str:
    """The line that puts the compact chat itself on a page."""
    address = f"{base}/embed" + (f"?{options.query}" if options.query else "")
    title = options.title or LANGUAGES.get(options.language, usual).text("embed.title")
    return (
        f'<iframe src="{escaped(address)}" title="{escaped(title)}" width="100%" '
        'height="560" style="border:1px solid #ccc;border-radius:8px"></iframe>'
    )


def help_page(
    options: Options, language: Language, *, base: str, root: str, origins: Sequence[str]
) -> str:
    """The form for the options, and below it what to copy."""

    def text(name: str) -> str:
        return escaped(language.text(f"help.{name}"))

    sites = escaped(", ".join(origins)) or text("no_sites")
    alone = f"{root}/embed" + (f"?{options.query}" if options.query else "")
    kept = f'<input type="hidden" name="lang" value="{language.code}">' * language.is_asked
    body = (
        f"<h1>{text('heading')}</h1>"
        f'<form method="get" action="{escaped(root)}/embed/help">{kept}{_fields(options, language)}'
        f"<p><button>{text('make')}</button></p></form>"
        f"<h2>{text('button_heading')}</h2><p>{text('button_where')}</p>"
        f"{_copied(text('button'), widget_snippet(options, base))}"
        f"<h2>{text('frame_heading')}</h2><p>{text('frame_where')}</p>"
        f"{_copied(text('frame'), frame_snippet(options, base, language))}"
        f'<p><a href="{escaped(language.address(alone))}">{text("alone")}</a></p>'
        f"<h2>{text('sites_heading')}</h2><p>{text('sites')} {sites}.</p>"
    )
    return (
        f'<!doctype html><html lang="{language.code}">{_HEAD}<title>{text("title")}</title>'
        f'<link rel="icon" href="{escaped(root)}/style/icon.svg">'
        f'<link rel="stylesheet" href="{escaped(root)}/style/embed.css"></head>'
        f'<body class="help"><main>{body}</main></body></html>'
    )


def _copied(label: str, snippet: str) -> str:
    return f'<textarea readonly rows="4" aria-label="{label}">{escaped(snippet)}</textarea>'


def _fields(options: Options, language: Language) -> str:
    values = {
        "title": options.title,
        "question": options.question,
        "readings": BETWEEN_READINGS.join(options.readings),
        "colour": options.colour,
    }
    names = {
        "": language.text("help.as_set"),
        **{code: one.text("language.name") for code, one in LANGUAGES.items()},
    }
    corners = {corner: language.text(f"help.{corner}") for corner in POSITIONS}
    return (
        "".join(_text(name, _label(name, language), value) for name, value in values.items())
        + _choice("language", _label("language", language), names, options.language)
        + _choice("position", _label("position", language), corners, options.position)
    )


def _label(name: str, language: Language) -> str:
    return escaped(language.text(f"help.option_{name}"))


def _text(name: str, label: str, value: str) -> str:
    return f'<p><label>{label}<br><input name="{name}" value="{escaped(value)}"></label></p>'


def _choice(name: str, label: str, values: Mapping[str, str], chosen: str) -> str:
    items = "".join(
        f'<option value="{value}"{" selected" * (value == chosen)}>{escaped(shown)}</option>'
        for value, shown in values.items()
    )
    return f'<p><label>{label}<br><select name="{name}">{items}</select></label></p>'
