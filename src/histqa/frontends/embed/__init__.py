"""The chat on other people's pages: a compact page for a frame, and a script with a button."""
