"""A running chat -> docs/images/chat-desktop.png and chat-phone.png, for the README.

Needs what the project itself does not: Chromium, and `pip install playwright pillow`.

    histqa serve &
    python docs/screenshots.py http://127.0.0.1:7860/ [/usr/bin/chromium]
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
QUESTION = "When did the last Japanese troops leave Vladivostok?"
NOT_IN_THE_READINGS = "What did Cleopatra eat for breakfast?"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
COLOURS = 128


def ask(page: Page, question: str) -> None:
    """Ask and wait for the message."""
    before = page.locator(".hq-message").count()
    page.fill("#hq-question-box textarea", question)
    page.keyboard.press("Enter")
    page.wait_for_function(
        "n => document.querySelectorAll('.hq-message').length > n"
        " && !document.querySelector('.hq-pending')",
        arg=before,
    )
    page.wait_for_timeout(500)


def save(page: Page, name: str) -> None:
    """The page as a small PNG."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS).save(IMAGES / name, optimize=True)


def main(address: str, browser_path: str) -> None:
    """Ask on a desktop and on a phone, open the first citation, take the pictures."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        for name, width, height, scale in (
            ("chat-desktop.png", 1280, 800, 1.5),
            ("chat-phone.png", 390, 844, 2),
        ):
            page = browser.new_page(
                viewport={"width": width, "height": height}, device_scale_factor=scale
            )
            page.goto(address)
            ask(page, QUESTION)
            if width > 1000:
                ask(page, NOT_IN_THE_READINGS)
            page.click(".hq-cite >> nth=0")
            page.wait_for_timeout(1000)
            save(page, name)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "/usr/bin/chromium")
