"""Question + conversation -> a question that stands alone."""

from __future__ import annotations

from histqa.followups.standalone import ConversationFollowUps
from histqa.stages import FollowUps


def build_followups() -> FollowUps:
    """The way in which follow-up questions are understood."""
    return ConversationFollowUps()
