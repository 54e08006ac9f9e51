"""The rules of each site generator: its configuration, its posts, its keys. Pure."""
