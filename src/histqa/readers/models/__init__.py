"""Models that read: each judges every sentence of a passage and marks the exact answer in it."""
