"""The posts folder → the index: what is new, changed or gone is read and stored."""
