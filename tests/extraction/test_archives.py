"""What is unpacked is counted while it is read, whatever the directory of the zip says."""

import io
import zipfile
from dataclasses import replace

import pytest

from histqa.errors import LoadError
from histqa.extraction.archives import Archive
from histqa.settings import Settings


def test_all_that_is_read_counts_towards_the_limit() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a", "x" * 60)
    limits = replace(Settings().limits, unpacked_bytes=100)
    opened = Archive(packed.getvalue(), limits)
    assert len(opened.read("a")) == 60
    with pytest.raises(LoadError, match="unpacked"):
        opened.read("a")


def test_a_member_that_is_not_there_is_a_fault_of_the_file() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a", "x")
    with pytest.raises(LoadError, match="damaged"):
        Archive(packed.getvalue(), Settings().limits).read("b")
