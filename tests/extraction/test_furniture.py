"""What pages put around an article is told from what an article says."""

import pytest

from histqa.extraction.furniture import begins_aftermath, is_furniture


@pytest.mark.parametrize(
    "text",
    [
        "Post a Comment",
        "Previous Post Next Post",
        "« Older Posts",
        "Share this:",
        "Leave a Reply",
        "No comments",
        "3 Comments",
        "Subscribe to our newsletter",
        "Facebook\nTwitter",
        "© 2020 The Blog",
        "Tags: war, peace",
    ],
)
def test_furniture_is_recognised(text: str) -> None:
    assert is_furniture(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Next, the army moved east.",
        "He posted a comment on the church door.",
        "Share of trade, 1913",
        "Home rule for Ireland",
        "Search for peace",
        "The related posts were abolished in 1920.",
        "Previous wars",
    ],
)
def test_prose_and_headings_are_not(text: str) -> None:
    assert not is_furniture(text)


def test_related_posts_begin_what_follows_an_article() -> None:
    assert begins_aftermath("Related Posts:")
    assert not begins_aftermath("Related wars")
