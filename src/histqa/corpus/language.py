"""The text of a reading -> the language it is written in, where there is enough to judge by."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

KNOWN_LANGUAGE = "en"

_LETTERS_NEEDED = 200
_SAMPLE_CHARACTERS = 4000
_SURE = 0.9
_LETTER = re.compile(r"[^\W\d_]")


def language_of(text: str) -> str:
    """The ISO 639-1 code of the language that most of ``text`` is in, "" where it is not sure.

    Samples from the beginning, the middle and the end are judged, so that a foreign preface or
    a list of sources does not decide.
    """
    votes = [language for sample in _samples(text) if (language := _judged(sample))]
    winner = max(sorted(set(votes)), key=votes.count, default="")
    return winner if votes.count(winner) * 2 > len(votes) else ""


def language_name(code: str) -> str:
    """The English name of a language, or its code where histqa has no name for it."""
    return _NAMES.get(code, f"the language {code!r}")


def _samples(text: str) -> list[str]:
    if len(text) <= 3 * _SAMPLE_CHARACTERS:
        return [text]
    middle = (len(text) - _SAMPLE_CHARACTERS) // 2
    return [text[start:][:_SAMPLE_CHARACTERS] for start in (0, middle, -_SAMPLE_CHARACTERS)]


def _judged(sample: str) -> str:
    if len(_LETTER.findall(sample)) < _LETTERS_NEEDED:
        return ""
    language, probability = _identifier().classify(sample)
    return str(language) if probability >= _SURE else ""


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


_NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian",
    "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "la": "Latin", "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "th": "Thai",
    "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
