"""A secret -> signatures by which the server knows again the addresses that it gave out itself."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from itsdangerous import BadSignature, Signer

from histqa.errors import SettingsError
from histqa.frontends.addresses import quote_address
from histqa.settings import Settings
from histqa.types import Quote, Span

_LEAST_CHARACTERS = 16
_RANDOM_BYTES = 32


class Signatures:
    """Signs and checks, in constant time; whoever has not the secret cannot make a signature.

    Links into the server, places in readings and the exchanges that a tab keeps have keys of their
    own, so that none can be passed off as another.
    """

    def __init__(self, secret: str) -> None:
        self._links = _signer(secret, "histqa.link")
        self._places = _signer(secret, "histqa.place")
        self._exchanges = _signer(secret, "histqa.exchange")

    def token(self, expires: int) -> str:
        """What opens the server until ``expires`` (seconds since 1970, UTC)."""
        return self._links.sign(str(expires)).decode()

    def expiry_of(self, token: str) -> int:
        """When ``token`` expires; 0 (long ago) for one that was not made with this secret."""
        try:
            return int(self._links.unsign(token.encode("utf-8", "replace")))
        except BadSignature:
            return 0

    def place(self, doc_id: str, span: Span, text_hash: str) -> str:
        """What shows that an answer quoted this place of this text."""
        return self._places.get_signature(_place(doc_id, span, text_hash)).decode()

    def is_place(self, signature: str, doc_id: str, span: Span, text_hash: str) -> bool:
        """Whether ``place`` made ``signature`` for this place of this text."""
        given = signature.encode("utf-8", "replace")
        return self._places.verify_signature(_place(doc_id, span, text_hash), given)

    def exchange(self, said: str) -> str:
        """What shows that ``said``, a question with its answer, was written here."""
        return self._exchanges.get_signature(said.encode("utf-8", "surrogatepass")).decode()

    def is_exchange(self, signature: str, said: str) -> bool:
        """Whether ``exchange`` made ``signature`` for ``said``."""
        given = signature.encode("utf-8", "replace")
        return self._exchanges.verify_signature(said.encode("utf-8", "surrogatepass"), given)

    def address(self, quote: Quote) -> str:
        """Where the quote is shown in its reading, signed."""
        return quote_address(quote, self.place(quote.doc_id, quote.span, quote.text_hash))


def _signer(secret: str, purpose: str) -> Signer:
    return Signer(
        secret, salt=purpose, key_derivation="hmac", digest_method=hashlib.sha256
    )  # fmt: skip


def _place(doc_id: str, span: Span, text_hash: str) -> bytes:
    # The text's hash and the offsets have no line breaks: no two places are written alike.
    written = f"{text_hash}\n{span.start}\n{span.end}\n{doc_id}"
    return written.encode("utf-8", "surrogatepass")


def secret_of(settings: Settings) -> str:
    """The setting ``secret``, else what ``secret_file`` holds, which is made where it is missing.

    Raises SettingsError for a secret that is too short, and a file that cannot be read or made.
    """
    if settings.secret:
        return _long_enough(settings.secret, "secret")
    path = Path(settings.secret_file)
    try:
        _make(path)
        return _long_enough(path.read_text(encoding="ascii").strip(), str(path))
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"secret_file: {path} cannot be read or made ({error}): name another file there, or "
            "set the environment variable HISTQA_SECRET"
        ) from error


def _make(path: Path) -> None:
    """A new secret that only this account can read; nothing where there is a file already."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(file, "w", encoding="ascii") as opened:
        opened.write(secrets.token_urlsafe(_RANDOM_BYTES) + "\n")


def _long_enough(secret: str, origin: str) -> str:
    if len(secret) < _LEAST_CHARACTERS:
        raise SettingsError(
            f"{origin}: a secret needs at least {_LEAST_CHARACTERS} characters, best random ones"
        )
    return secret
