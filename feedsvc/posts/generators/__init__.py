"""What each generator makes of a folder: how it is recognised, its keys, its permalinks and ids."""
