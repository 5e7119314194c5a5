"""The readings as tools for language models: the Model Context Protocol, over HTTP and stdio."""
