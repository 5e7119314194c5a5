"""The default store: SQLite holds the truth, FAISS a cache of its vectors.

``writer`` writes it, ``store`` answers from it, ``check`` looks for faults.
"""
