"""From the posts folder to the index: files that are new, changed or gone are read and stored."""
