"""A file of test questions and an Assistant -> figures, reasons of failure, a comparison."""
