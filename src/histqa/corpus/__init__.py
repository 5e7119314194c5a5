"""The corpus: a folder of files -> prepared Documents, and what is wrong with the rest."""
