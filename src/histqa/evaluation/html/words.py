"""Metrics and reasons -> the words that people who did not write them read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from histqa.evaluation.records import Reason

GLOSSES: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.NONE: "as expected",
        Reason.NOT_IN_READINGS: "the file expects what no reading says: mend the file",
        Reason.NOT_INDEXED: "the reading it should be in was not indexed",
        Reason.NOT_RETRIEVED: "the search did not find the place",
        Reason.NOT_CHOSEN: "the search found the place, but something else was quoted",
        Reason.WRONG_PART: "the right place, but not the sentences that say it",
        Reason.WRONGLY_REFUSED: "said that the readings do not answer it, but they do",
        Reason.WRONGLY_ANSWERED: "answered what the readings do not answer, or answered wrongly",
    }
)

# The figures that stand on cards, where the file has them, most telling first.
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "passed": "Passed",
        "coverage@60": "Expected quotes, 60 words",
        "coverage@120": "Expected quotes, 120 words",
        "answer_in_quotes@60": "Answer in the quotes, 60 words",
        "answer_f1": "Words of the short answer (F1)",
        "passages.hit@5": "Right passage in first five",
        "documents.hit@5": "Right reading in first five",
        "false_refusals": "Refused, though answerable",
        "false_answers": "Answered, though not answerable",
        "quote_validity": "Quotes true to the letter",
        "auc": "Tells answerable from not (AUC)",
        "seconds_p50": "Half of the answers within",
    }
)
MOST_CARDS = 8
