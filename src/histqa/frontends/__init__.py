"""Ways in and out: each shows an Answer and thinks nothing itself."""
