"""A build that is killed at any moment leaves the old index or the new one."""

import random
import subprocess
import sys
import time

import pytest

from histqa.stores.sqlite import IndexWriter, open_store, verify

BUILDS = """
import itertools, sys
from pathlib import Path
import numpy as np
from histqa.stores.records import FileRecord
from histqa.stores.sqlite import IndexWriter
from histqa.types import Document, Passage, Span

for _ in itertools.count():
    with IndexWriter(Path(sys.argv[1])) as writer:
        version = int(writer.manifest.get("version", "0")) + 1
        generator = np.random.default_rng(version)
        for name in writer.files:
            writer.remove(name)
        for number in range(20 + version % 7):
            name, text = f"r{number}", f"This is version {version}. The army came."
            document = Document(name, name, text, name)
            spans = (Span(0, text.index(".") + 1), Span(text.index("The"), len(text)))
            passage = Passage(name, Span(0, len(text)), text, name, "", spans)
            vectors = generator.standard_normal((3, 384)).astype(np.float32)
            record = FileRecord(name, "", "", name)
            writer.add(record, document, [passage], vectors[:1], vectors[1:])
        writer.commit({"version": str(version)})
    print(version, flush=True)
"""


@pytest.mark.parametrize(
    "kills",
    [pytest.param(2, id="few"), pytest.param(25, id="many", marks=pytest.mark.slow)],
)
def test_a_killed_build_leaves_the_old_index_or_the_new_one(folder, kills):
    chance = random.Random(kills)
    finished = 0
    for _ in range(kills):
        child = subprocess.Popen(
            [sys.executable, "-c", BUILDS, folder], stdout=subprocess.PIPE, text=True
        )
        with child:
            assert child.stdout.readline()  # it builds; the next moment is as good as any
            time.sleep(chance.random() * 0.1)
            child.kill()
            finished = max([finished, *map(int, child.stdout.read().split())])
        assert verify(folder) == ()
        with open_store(folder) as store:
            version = int(store.manifest["version"])
            assert version >= finished
            texts = {store.document(one.doc_id).text for one in store.documents()}
            assert texts == {f"This is version {version}. The army came."}
            assert store.passage_count() == 20 + version % 7
        finished = version
    with IndexWriter(folder) as writer:
        writer.commit(writer.manifest)
    assert len(list(folder.iterdir())) == 2
