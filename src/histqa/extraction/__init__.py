"""What the loaders share: bytes, archives and markup -> blocks -> canonical text."""
