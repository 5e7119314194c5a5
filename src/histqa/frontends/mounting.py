"""The chat page -> mounted into an application, with its theme, style and script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gradio as gr
from fastapi import FastAPI

from histqa.assistant import Assistant
from histqa.frontends.conversation import build_page
from histqa.frontends.feedback import Feedback
from histqa.frontends.keeping import Keeping
from histqa.frontends.room import Room
from histqa.frontends.signing import Signatures
from histqa.settings import Settings

_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
_MONO = ("ui-monospace", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace")
# The page has it from the beginning (filling.py); once more, for it must follow Gradio's styles.
_HEAD = '<link rel="stylesheet" href="style/chat.css">'
_PAPER = {"body_background_fill": "#fbf9f5", "body_background_fill_dark": "#1b1a18"}


def mount_chat(
    app: FastAPI, provider: Callable[[], Assistant], settings: Settings, signatures: Signatures
) -> None:
    """Mount the chat at ``/``; the application's own routes must be there before."""
    room = Room(provider, Keeping(signatures), _feedback(settings), signatures.address)
    gr.mount_gradio_app(
        app,
        build_page(provider, settings, room),
        path="/",
        theme=_theme(),
        head=_HEAD,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        max_file_size=1,
    )


def _feedback(settings: Settings) -> Feedback | None:
    """Where votes go; None where there is no such file or it cannot be written."""
    if not settings.feedback:
        return None
    feedback = Feedback(Path(settings.feedback), settings.feedback_days)
    return feedback if feedback.takes_votes else None


def _theme() -> gr.themes.Base:
    """Gradio's plainest theme with fonts that every system has: nothing is downloaded."""
    theme = gr.themes.Base(primary_hue="blue", neutral_hue="stone", font=_SANS, font_mono=_MONO)
    return theme.set(**_PAPER)
