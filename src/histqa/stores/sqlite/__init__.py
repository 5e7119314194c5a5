"""The default store: SQLite holds the truth, FAISS a cache of its vectors.

``writer`` writes it, ``store`` answers from it, ``check`` looks for faults.
"""

from histqa.stores.sqlite.check import verify
from histqa.stores.sqlite.store import SqliteStore, open_store
from histqa.stores.sqlite.writer import IndexWriter

__all__ = ["IndexWriter", "SqliteStore", "open_store", "verify"]
