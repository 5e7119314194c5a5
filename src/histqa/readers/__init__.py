"""Ways to read the hits: name -> a function that builds the reader."""

from __future__ import annotations

from collections.abc import Callable

from histqa.settings import Settings
from histqa.stages import PassageModel, Reader, Store


def _similarity(store: Store, _settings: Settings) -> Reader:
    from histqa.readers.similarity import Calibration, SimilarityReader

    return SimilarityReader(store, Calibration.shipped())


def _mpnet(store: Store, settings: Settings) -> Reader:
    from histqa.readers.models.shipped import shipped_model

    return _learned(store, settings, shipped_model())


def _learned(store: Store, settings: Settings, model: PassageModel) -> Reader:
    from histqa.readers.learned import LearnedReader, Weights

    return LearnedReader(store, model, Weights.shipped(), settings.passages_read)


READERS: dict[str, Callable[[Store, Settings], Reader]] = {
    "mpnet": _mpnet,
    "similarity": _similarity,
    "none": _similarity,
}
"""Name -> a function that builds the reader; "none" reads without a model, as "similarity"."""


def build_reader(store: Store, settings: Settings) -> Reader:
    """The reader called ``settings.reader``: one of READERS, a local folder, or a hub name.

    Raises ModelError where the model is missing, is no reader or cannot be loaded.
    """
    if settings.reader in READERS:
        return READERS[settings.reader](store, settings)
    from histqa.readers.models.transformer import transformer_model
    from histqa.weights import model_folder

    folder = model_folder(settings.reader, setting="reader", known=tuple(READERS))
    return _learned(store, settings, transformer_model(folder))
