"""A corpus folder -> the names of its readings, sorted, and each file's bytes as a Source."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from histqa.corpus.aliases import NAMES_FILE
from histqa.corpus.metadata import METADATA_FILE
from histqa.corpus.suggestions import SUGGESTIONS_FILE
from histqa.errors import CorpusError, LoadError
from histqa.types import Limits, Problem, Source

# Made by the system or by an editor, not by a teacher: passed over without a word.
_FURNITURE = frozenset({"thumbs.db", "desktop.ini", "__macosx", "icon\r"})
_README = re.compile(r"read[-_ ]?me(\.[a-z]+)?", re.IGNORECASE)
_FOR_THE_WHOLE = (METADATA_FILE, NAMES_FILE, SUGGESTIONS_FILE)
_SLUG_CHARACTERS = 48
_PERMISSIONS = "check its permissions; what it holds is left out of the index"


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """One file that may hold a reading; ``path`` is its name as shown, relative to the corpus."""

    path: str
    doc_id: str
    place: Path


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in a corpus: the files to read, sorted by path, and what cannot be read."""

    files: tuple[CorpusFile, ...]
    problems: tuple[Problem, ...]


def list_files(
    folder: Path,
    *,
    suffixes: Collection[str],
    wanted: Collection[str] = (),
    leave_out: Path | None = None,
) -> Listing:
    """The files under ``folder`` with one of ``suffixes`` (".txt", ...), none of them opened.

    Hidden files, lock files, ``*.toml`` and files called README are no readings, unless their
    path is in ``wanted``; the subfolder ``leave_out`` (the index) is not looked into. Raises
    CorpusError where the folder is missing, unreadable or empty.
    """
    root = _existing(folder)
    walk = _Walk(root, suffixes, wanted, leave_out)
    walk.visit()
    if not walk.files:
        raise CorpusError(_nothing_there(folder, walk.problems, suffixes))
    files = tuple(sorted(walk.files.values(), key=lambda file: file.path))
    return Listing(files, tuple(sorted(walk.problems, key=lambda problem: problem.path)))


def read_source(file: CorpusFile, limits: Limits) -> Source:
    """The file, read once. Raises LoadError: too large, unreadable, gone, changing meanwhile."""
    try:
        content = _read(file.place, limits)
    except FileNotFoundError as error:
        raise LoadError("vanished while the corpus was being read", "run again") from error
    except OSError as error:
        raise LoadError(
            f"cannot be read ({_why(error)})", "check the permissions of the file"
        ) from error
    return Source(file.doc_id, file.path, content)


def shown_path(path: str) -> str:
    """A relative path as histqa names it: forward slashes, NFC, and nothing that cannot be seen.

    Bytes that are no UTF-8 and control characters are escaped as Python writes them, so that the
    name can be stored, printed and sent everywhere.
    """
    text = unicodedata.normalize("NFC", path.replace(os.sep, "/"))
    return "".join(mark if mark.isprintable() else _escaped(mark) for mark in text)


def doc_id_of(path: str) -> str:
    """A readable, URL-safe name for the reading at ``path`` that depends on the path alone."""
    plain = unicodedata.normalize("NFKD", path.rpartition(".")[0] or path)
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode("ascii").lower())
    slug = "-".join(words)[:_SLUG_CHARACTERS].strip("-") or "reading"
    return f"{slug}-{hashlib.sha256(path.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"


class _Walk:
    """Collects files and problems; it keeps a list of folders to visit instead of recursing."""

    def __init__(
        self,
        root: Path,
        suffixes: Collection[str],
        wanted: Collection[str],
        leave_out: Path | None,
    ) -> None:
        self.root = root
        self.leave_out = leave_out.resolve() if leave_out else None
        self.suffixes = suffixes
        self.wanted = wanted
        self.files: dict[str, CorpusFile] = {}
        self.doc_ids: set[str] = set()
        self.problems: list[Problem] = []

    def visit(self) -> None:
        pending = [self.root]
        while pending:
            folder = pending.pop()
            try:
                with os.scandir(folder) as found:
                    entries = sorted(found, key=lambda entry: entry.name)
            except OSError as error:
                if folder == self.root:
                    raise _unreadable(folder, _why(error)) from error
                self._error(folder, f"the folder cannot be read ({_why(error)})", _PERMISSIONS)
                continue
            pending += [Path(entry.path) for entry in entries if self._is_subfolder(entry)]

    def _is_subfolder(self, entry: os.DirEntry[str]) -> bool:
        """Whether to go on into ``entry``; anything else is dealt with on the way."""
        place = Path(entry.path)
        if _is_furniture(entry.name) or place == self.leave_out:
            return False
        try:
            if entry.is_symlink() or _is_junction(place):
                self._warn_of_link(place)
            elif entry.is_dir(follow_symlinks=False):
                return True
            else:
                self._take(place, entry.stat(follow_symlinks=False).st_mode)
        except OSError as error:
            self._error(place, f"cannot be looked at ({_why(error)})", _PERMISSIONS)
        return False

    def _take(self, place: Path, mode: int) -> None:
        path, suffix = self._shown(place), place.suffix.lower()
        if suffix == ".toml":
            if place.name in _FOR_THE_WHOLE and place.parent != self.root:
                cure = f"move what it says to the {place.name} at the top of the corpus"
                self._warn(place, "only the one at the top of the corpus is used", cure)
        elif _README.fullmatch(place.name) and path not in self.wanted:
            return
        elif not stat.S_ISREG(mode):
            cure = "remove it from the corpus folder"
            self._warn(place, "not a file but a pipe, socket or device", cure)
        elif suffix not in self.suffixes:
            reason = f"{suffix} files are not read" if suffix else "its name has no file ending"
            self._warn(place, reason, f"save it as one of {_listed(self.suffixes)}")
        else:
            self._add(CorpusFile(path, doc_id_of(path), place))

    def _add(self, file: CorpusFile) -> None:
        if file.path in self.files or file.doc_id in self.doc_ids:
            reason = "its name cannot be told from that of another file, which was taken instead"
            self._error(file.place, reason, "rename one of the two")
            return
        self.files[file.path] = file
        self.doc_ids.add(file.doc_id)

    def _warn_of_link(self, place: Path) -> None:
        try:
            target = place.resolve(strict=True)
        except (OSError, RuntimeError):
            self._warn(place, "a link that leads nowhere or in a circle", "remove it")
            return
        if target.is_relative_to(self.root):
            inside = self._shown(target) or "the corpus itself"
            self._warn(place, f"a link to {inside}, which is read in its own place", "remove it")
        else:
            cure = "copy what it leads to into the corpus folder"
            self._warn(place, "a link that leads out of the corpus is not followed", cure)

    def _shown(self, place: Path) -> str:
        relative = os.path.relpath(place, self.root)
        return relative if relative == os.curdir else shown_path(relative)

    def _warn(self, place: Path, reason: str, cure: str) -> None:
        self.problems.append(Problem(self._shown(place), "warning", reason, cure))

    def _error(self, place: Path, reason: str, cure: str) -> None:
        self.problems.append(Problem(self._shown(place), "error", reason, cure))


def _escaped(mark: str) -> str:
    if "\udc80" <= mark <= "\udcff":  # how Python keeps a byte of a name that is no UTF-8
        return f"\\x{ord(mark) - 0xDC00:02x}"
    return mark.encode("unicode_escape").decode("ascii")


def _is_furniture(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in _FURNITURE


def _is_junction(place: Path) -> bool:
    """A Windows junction leads elsewhere as a link does; Python 3.11 cannot name it."""
    tag = getattr(place.lstat(), "st_reparse_tag", 0)
    return bool(tag) and tag == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", 0)


def _read(place: Path, limits: Limits) -> bytes:
    # Without waiting: a pipe that took the file's place since it was listed would block for ever.
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(place, flags), "rb") as stream:
        before = os.fstat(stream.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise LoadError("not a file but a pipe, socket or device", "remove it")
        if before.st_size > limits.file_bytes:
            raise _too_large(before.st_size, limits)
        content = stream.read(limits.file_bytes + 1)
        after = os.fstat(stream.fileno())
    if len(content) > limits.file_bytes:
        raise _too_large(len(content), limits)
    # Compared for being equal only, so that a clock that jumps does no harm.
    if len(content) != before.st_size or after.st_mtime_ns != before.st_mtime_ns:
        raise LoadError("changed while it was being read", "wait until it is written and run again")
    return content


def _too_large(size: int, limits: Limits) -> LoadError:
    return LoadError(
        f"too large: {size / 1e6:,.0f} MB, and the limit is {limits.file_bytes / 1e6:,.0f} MB",
        "divide it, or raise max_file_megabytes in histqa.toml",
    )


def _existing(folder: Path) -> Path:
    cure = "put the readings there, or name another folder with --corpus"
    try:
        root = folder.resolve(strict=True)
        is_folder = root.is_dir()
    except FileNotFoundError as error:
        raise CorpusError(f"{folder}: there is no such corpus folder; {cure}") from error
    except (OSError, RuntimeError, ValueError) as error:
        raise _unreadable(folder, str(error)) from error
    if not is_folder:
        raise CorpusError(f"{folder}: the corpus must be a folder, and this is a file; {cure}")
    return root


def _unreadable(folder: Path, why: str) -> CorpusError:
    return CorpusError(
        f"{folder}: the corpus folder cannot be read ({why}); check its permissions, or name"
        " another folder with --corpus"
    )


def _nothing_there(folder: Path, problems: Iterable[Problem], suffixes: Collection[str]) -> str:
    """Why an empty listing is a fault: an unmounted or mistyped folder must not wipe an index."""
    found = [f"{problem.path}: {problem.reason}" for problem in problems]
    aside = f" (passed over: {'; '.join(found[:3])}{'; ...' if found[3:] else ''})" if found else ""
    return (
        f"{folder}: the corpus folder holds no readings{aside}; put some there"
        f" ({_listed(suffixes)}), or name another folder with --corpus."
        " An index that exists is left as it is; to be rid of it, delete its folder"
    )


def _listed(suffixes: Iterable[str]) -> str:
    return ", ".join(sorted(suffixes))


def _why(error: OSError) -> str:
    return error.strerror or str(error)
