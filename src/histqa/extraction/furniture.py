"""A piece of text -> whether it is what a web page puts around an article."""

from __future__ import annotations

import re

# Each is matched against a whole line, in any case.
_FURNITURE = re.compile(
    "|".join(
        (
            # talking back
            r"(?:post|leave|add|write|view) (?:a |your |all )?(?:comments?|reply)",
            r"(?:no|\d+) (?:comments?|replies|responses)(?: (?:yet|so far|on\b.{0,80}))?",
            r"comments? (?:are )?closed\.?|save my name, email.{0,120}",
            r"your email address will not be published.{0,80}",
            # going elsewhere
            r"(?:previous|next|older|newer)(?: (?:posts?|article|page|story|entry))?",
            r"previous (?:post|article|page) next (?:post|article|page)",
            r"related(?: (?:posts?|articles?|stories|reading|content))?:?",
            r"you (?:may|might) also (?:like|enjoy).{0,40}|read more.{0,5}|read next",
            r"(?:recommended|popular|recent|latest|more) (?:posts?|articles?|stories).{0,20}",
            r"more for you",
            r"home|menu|search|back to top|skip to (?:main )?content",
            r"log ?in|sign in|register|loading\.*",
            # passing on
            r"(?:click to )?share(?: (?:this|on|via|with|it|now)\b.{0,60})?:?",
            r"like this:?|tweet|pin it|e-?mail this|print(?: this(?: page)?)?",
            r"facebook|twitter|x|whatsapp|telegram|reddit|linkedin|pinterest|instagram|youtube",
            r"subscribe(?: (?:to|now|today|for|by|via)\b.{0,80})?|follow us(?: on\b.{0,60})?",
            r"sign up(?: (?:for|to)\b.{0,80})?|(?:join )?our newsletter",
            # law and money
            r"advertisements?|sponsored|accept(?: all)?(?: cookies)?",
            r"(?:we use|this (?:site|website) uses) cookies\b.{0,200}",
            r"privacy policy|terms of (?:use|service)|cookie (?:policy|settings)",
            r"all rights reserved\.?|(?:©|\(c\)|copyright).{0,120}|powered by .{0,40}",
            # how it was made and filed
            r"produced by .{0,300}|e-?text prepared by .{0,300}",
            r"filed under:?.{0,80}|tags?:.{0,80}|tagged\b.{0,80}|posted (?:by|on|in)\b.{0,80}",
        )
    ),
    re.IGNORECASE,
)
GUTENBERG_START = re.compile(
    r"^\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG.*$", re.MULTILINE | re.IGNORECASE
)
"""The line after which a reading from Project Gutenberg begins."""

GUTENBERG_END = re.compile(
    r"^(?:\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG|End of (?:the )?Project Gutenberg).*",
    re.MULTILINE | re.IGNORECASE | re.DOTALL,
)
"""The line at which it ends, and all of the licence below it."""

_AFTERMATH = re.compile(
    r"(?:related|recommended|popular|recent) (?:posts?|articles?|stories)"
    r"|you (?:may|might) also.*|(?:leave|post|add) a (?:reply|comment)|share this.*|read next",
    re.IGNORECASE,
)


def is_furniture(text: str) -> bool:
    """Whether every line of ``text`` is what a web page puts around an article."""
    lines = [" ".join(line.split()).strip("|•·»«←→<> ") for line in text.split("\n")]
    return any(lines) and all(_FURNITURE.fullmatch(line) for line in lines if line)


def begins_aftermath(text: str) -> bool:
    """Whether after ``text``, if only short lines follow, nothing of the article comes."""
    return bool(_AFTERMATH.fullmatch(text.strip(" :")))
