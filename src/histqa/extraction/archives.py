"""The bytes of a zip file (docx, epub) -> its members, within bounds."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from histqa.errors import LoadError
from histqa.types import Limits, Source

_DAMAGED = "the file is damaged or was not copied completely"
_FETCH_AGAIN = "copy or download it again; if it opens on your computer, save it anew from there"
_BLOCK_BYTES = 1 << 20
_MAX_MEMBERS = 20_000
_READING_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError,
                   NotImplementedError, RuntimeError, KeyError)  # fmt: skip


def check_size(source: Source, limits: Limits) -> None:
    """Refuse, with a LoadError, a file that is empty or larger than the limit."""
    if not source.content.strip(b"\0 \t\r\n"):
        raise LoadError("the file is empty", "save or download it again, or remove it")
    if len(source.content) > limits.file_bytes:
        raise LoadError(
            f"the file is larger than {limits.file_bytes // 1_000_000} MB",
            "split it into parts, or raise the setting max_file_megabytes",
        )


class Archive:
    """A zip file whose members are read one by one, never more of them than ``limits`` allow."""

    def __init__(self, content: bytes, limits: Limits) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except _READING_FAULTS as error:
            raise LoadError(_DAMAGED, _FETCH_AGAIN) from error
        self._limit = limits.unpacked_bytes
        self._left = limits.unpacked_bytes
        members = self._zip.infolist()
        if sum(member.file_size for member in members) > self._limit:
            raise self._too_large()
        if len(members) > _MAX_MEMBERS:
            raise LoadError(f"it holds more than {_MAX_MEMBERS} parts", "split it into files")
        if any(member.flag_bits & 1 for member in members):
            raise LoadError("it is locked with a password", "save it without a password")
        self.names = frozenset(member.filename for member in members)

    def read(self, name: str) -> bytes:
        """The bytes of one member; LoadError where it is missing, damaged or too large.

        Nothing is ever written to disk, so that a name like "../x" leads nowhere.
        """
        try:
            return b"".join(self._blocks(name))
        except _READING_FAULTS as error:
            raise _damaged_part(name) from error

    def check(self) -> None:
        """Unpack every member once, keeping nothing: for libraries that open the file anew."""
        for name in sorted(self.names):
            try:
                for _ in self._blocks(name):
                    pass
            except _READING_FAULTS as error:
                raise _damaged_part(name) from error

    def _blocks(self, name: str) -> Iterator[bytes]:
        # The sizes in the directory may lie, so what is really unpacked is counted as well.
        with self._zip.open(name) as member:
            while block := member.read(_BLOCK_BYTES):
                self._left -= len(block)
                if self._left < 0:
                    raise self._too_large()
                yield block

    def _too_large(self) -> LoadError:
        return LoadError(
            f"unpacked it is larger than {self._limit // 1_000_000} MB (a broken or hostile file)",
            "save it anew without pictures, or raise the setting max_unpacked_megabytes",
        )


def _damaged_part(name: str) -> LoadError:
    return LoadError(f"{_DAMAGED} (its part {name[:80]!r})", _FETCH_AGAIN)
