"""histqa answers questions about a set of history readings with verbatim quotes."""
