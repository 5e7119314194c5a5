"""What programs send: the bodies of questions, checked -> the values that the assistant takes."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from histqa.types import AUTO, Turn

_LAST_CHARACTER = 10_000_000_000
_QUESTION = "When did the last Japanese troops leave Vladivostok?"


class Exchange(BaseModel):
    """An earlier question of the conversation, with the answer that it got."""

    model_config = ConfigDict(extra="forbid")

    question: str
    answer: str = ""
    answered: bool = Field(True, description="whether the verdict was `answered`")

    def as_turn(self) -> Turn:
        """The exchange as the assistant takes it."""
        return Turn(self.question, self.answer, self.answered)


class AskRequest(BaseModel):
    """A question with all that is needed to answer it: the server remembers nothing."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"question": _QUESTION},
                {
                    "question": "And who took the city?",
                    "history": [{"question": _QUESTION, "answer": "On October 25. [1]"}],
                    "max_words": 60,
                },
            ]
        },
    )

    question: str = Field(description="as a person types it")
    history: list[str | Exchange] = Field(
        default=[], description="earlier questions, oldest first; the last ones count"
    )
    readings: list[str] = Field(
        default=[], description="search only these readings (ids or paths) or folders; [] for all"
    )
    period: str | None = Field(
        default=AUTO,
        description="passages of this time come sooner: `auto` takes it from the question, null "
        "does without, `1918-1922` or `after 1920` says it",
    )
    max_words: int | None = Field(
        default=None, ge=1, description="quote at most so many words; the server may allow fewer"
    )
    variants: bool = Field(
        default=True, description="search other spellings and names too, not only as typed"
    )
    stream: bool = Field(default=False, description="answer with server-sent events")

    @property
    def turns(self) -> list[Turn]:
        """``history`` as the assistant takes it."""
        return [Turn(one) if isinstance(one, str) else one.as_turn() for one in self.history]


class PlaceQuery(BaseModel):
    """A place in a reading, as the address of a quote names it."""

    start: int = Field(ge=0, le=_LAST_CHARACTER, description="offset in code points")
    end: int = Field(ge=0, le=_LAST_CHARACTER, description="behind the last character")
    hash: str | None = Field(default=None, description="the text's, or its first 16 digits")
    sig: str = Field(default="", description="the signature that the server gave")

    @property
    def values(self) -> dict[str, str]:
        """What is given, as a page's address has it."""
        given = self.model_dump(exclude_none=True)
        return {name: str(value) for name, value in given.items()}


class TextPart(BaseModel):
    """A piece of a message; others than text are not read."""

    type: Literal["text"]
    text: str


class Message(BaseModel):
    """One message of a conversation in OpenAI's shape."""

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[TextPart] | None = None

    @property
    def text(self) -> str:
        """What is said in it."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        return "\n".join(part.text for part in self.content)


class CompletionRequest(BaseModel):
    """A conversation in OpenAI's shape; what else it says (temperature, ...) is passed over."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {"model": "histqa", "messages": [{"role": "user", "content": _QUESTION}]},
            ]
        },
    )

    model: str = "histqa"
    messages: list[Message] = Field(min_length=1, description="the last one is the question")
    stream: bool = False

    @property
    def turns(self) -> list[Turn]:
        """The questions before the last message, each with the answer that follows it."""
        turns: list[Turn] = []
        for message in self.messages[:-1]:
            if message.role == "user":
                turns.append(Turn(message.text))
            elif message.role == "assistant" and turns:
                turns[-1] = Turn(turns[-1].question, message.text)
        return turns
