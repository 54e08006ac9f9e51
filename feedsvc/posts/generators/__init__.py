"""What each generator makes of a folder: how it is recognized, its keys, its permalinks and ids."""
