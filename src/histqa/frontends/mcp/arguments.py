"""What a model sends to a tool, checked; their JSON Schemas are what the model is told."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from histqa.types import AUTO

_LAST_CHARACTER = 10_000_000_000
_LAST_PART = 1_000_000


class AskArguments(BaseModel):
    """A question with all that is needed to answer it: nothing is remembered between calls."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(
        description="One question in plain English, best whole in itself: names, not pronouns. "
        "Words in double quotes are searched exactly as typed."
    )
    history: list[str] = Field(
        default=[],
        description="Earlier questions of this conversation, oldest first; only needed where "
        "`question` leans on them, as “And why?” does.",
    )
    readings: list[str] = Field(
        default=[],
        description="Search only these readings (ids or paths) or folders; [] for all of them.",
    )
    max_words: int | None = Field(
        default=None, ge=1, description="Quote at most so many words; the server may allow fewer."
    )
    period: str | None = Field(
        default=AUTO,
        description="Passages of this time come sooner: `auto` takes it from the question, null "
        "does without, `1918-1922` or `after 1920` says it.",
    )


class ReadArguments(BaseModel):
    """A place in a reading."""

    model_config = ConfigDict(extra="forbid")

    reading: str = Field(
        min_length=1,
        description="The id (`doc_id` of a quote), path or title of a reading; or the whole "
        "`address` of a quote, which opens its place and needs no start and end.",
    )
    start: int | None = Field(
        default=None,
        ge=0,
        le=_LAST_CHARACTER,
        description="Offset of the first character, in code points; together with `end`.",
    )
    end: int | None = Field(
        default=None, ge=0, le=_LAST_CHARACTER, description="Offset behind the last character."
    )
    part: int | None = Field(
        default=None,
        ge=1,
        le=_LAST_PART,
        description="Which part of a long reading, from 1; a result says how many there are.",
    )
