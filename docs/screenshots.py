"""A served corpus -> the pictures of the README in docs/images: desktop, phone, dark, embedded.

Needs what the project itself does not: Chromium, and `pip install playwright pillow`. It serves the
readings of this folder by itself, on a free port, and a page of a course on another.

    python docs/screenshots.py [/usr/bin/chromium]
"""

from __future__ import annotations

import io
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from histqa.assistant import Assistant
from histqa.frontends.chat import create_app, listening_socket
from histqa.settings import load_settings
from histqa.suggesting import renew_suggestions

FOLDER = Path(__file__).parent
IMAGES = FOLDER / "images"
QUESTION = "When did the last Japanese troops leave Vladivostok?"
NOT_IN_THE_READINGS = "What did Cleopatra eat for breakfast?"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
COLOURS = 64
PATIENCE = 180_000
COURSE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>History 204</title><style>
body {{ margin: 0; font: 16px/1.6 system-ui, sans-serif; color: #222; background: #fff; }}
header {{ background: #7a1f2b; color: #fff; padding: 14px 32px; font-weight: 600; }}
main {{ max-width: 620px; margin: 0 0 0 56px; padding: 12px 0; }} h1 {{ font-size: 26px; }}
</style><header>Example College · History 204</header>
<main><h1>Week 5: The Siberian Intervention</h1>
<p>Why did seventy thousand Japanese soldiers come to Siberia in 1918, and why did they stay when
everybody else had left?</p><p>Read the article before Thursday. Be ready to say which of its
reasons you believe, and where in the text they stand.</p><h2>For the seminar</h2>
<ul><li>Who fought whom in Siberia after 1917?</li><li>What did each government want there?</li>
<li>When and why did the troops leave?</li></ul></main>
<script src="{address}/widget.js" data-title="Ask the readings" async></script></html>"""


@dataclass(frozen=True)
class Picture:
    """One look at the chat: its size, its colours, and what is asked for it."""

    name: str
    width: int
    height: int
    scale: float
    theme: str = "light"
    questions: tuple[str, ...] = (QUESTION,)


PICTURES = (
    Picture("chat-desktop.png", 1280, 800, 1.5, questions=(QUESTION, NOT_IN_THE_READINGS)),
    Picture("chat-dark.png", 1280, 800, 1.5, theme="dark"),
    Picture("chat-phone.png", 390, 844, 2),
)


@contextmanager
def course() -> Iterator[tuple[str, list[bytes]]]:
    """The origin of a page of a course, which is what the list holds when it is asked for."""
    page: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page[0])

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}", page
        server.shutdown()


@contextmanager
def chat(allowed: str) -> Iterator[str]:
    """The address of the chat over the readings, which ``allowed`` may embed."""
    settings = load_settings(
        FOLDER.parent,
        port=0,
        allowed_origins=allowed,
        feedback=str(FOLDER.parent / "feedback/votes.sqlite"),
    )
    with Assistant.build(settings=settings) as assistant, listening_socket(settings) as listener:
        renew_suggestions(settings)
        app = create_app(lambda: assistant, settings)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.1)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def ask(page: Page, question: str) -> None:
    """Ask and wait for the message."""
    answers = page.locator(".hq-message:not(.hq-pending)")
    before = answers.count()
    page.fill("#hq-question-box textarea", question)
    page.keyboard.press("Enter")
    answers.nth(before).wait_for()
    page.wait_for_timeout(500)


def save(page: Page, name: str) -> None:
    """The page as a small PNG."""
    page.wait_for_timeout(1000)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(IMAGES / name, optimize=True)


def opened(browser: Browser, picture: Picture) -> Page:
    """A page of the size and colours of the picture."""
    page = browser.new_page(
        viewport={"width": picture.width, "height": picture.height},
        device_scale_factor=picture.scale,
        color_scheme=picture.theme,  # type: ignore[arg-type]
    )
    page.set_default_timeout(PATIENCE)
    return page


def take_chat(browser: Browser, address: str, picture: Picture) -> None:
    """Ask, and open the first citation beside the answer."""
    page = opened(browser, picture)
    page.goto(address)
    page.wait_for_selector("body.hq-ready")
    for question in picture.questions:
        ask(page, question)
    page.locator(".hq-cite").first.click()
    page.frame_locator('iframe[name="histqa-reading"]').locator("mark").first.wait_for()
    page.mouse.move(0, 0)
    save(page, picture.name)


def take_embedded(browser: Browser, address: str) -> None:
    """Open the chat on the page of the course, and ask there."""
    picture = Picture("chat-embedded.png", 1120, 760, 1.5)
    page = opened(browser, picture)
    page.goto(address)
    page.get_by_role("button", name="Ask the readings").click()
    frame = page.frame_locator("iframe")
    frame.locator(".first", has_text=QUESTION).click()
    frame.locator("blockquote").first.wait_for()
    save(page, picture.name)


def main(browser_path: str) -> None:
    """Serve, look, save."""
    IMAGES.mkdir(exist_ok=True)
    with course() as (origin, page), chat(origin) as address, sync_playwright() as playwright:
        page.append(COURSE.format(address=address).encode())
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        for picture in PICTURES:
            take_chat(browser, address, picture)
        take_embedded(browser, origin)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium")
