"""What a template may take: steps, text, items and nesting, counted, so that the same one always ends the same way.

Pure.
"""

from io import StringIO

MAX_STEPS = 600_000  # characters of tags that are run, each as often as it is run, and items that filters look at
MAX_TEXT = 6_000_000  # characters that are written and made by filters in all
MAX_READ = 20_000_000  # characters that filters read in all
MAX_OUTPUT = 1_000_000  # characters of one text
MAX_ITEMS = 10_000  # items of a list that a filter makes
MAX_TAGS = 10_000  # tags and outputs of one template
MAX_PARSED = 300_000  # characters of expressions, each as often as python-liquid reads it; signs count more
MAX_DEPTH = 20  # nested includes, and lists in lists that are written
MAX_DIGITS = 1_000  # bits of a product


class OutOfBudget(Exception):
    """A template takes more than it may."""


class Budget:
    """Counts what one rendering takes; raises OutOfBudget when it is too much."""

    def __init__(self) -> None:
        self._steps = self._text = self._read = 0

    def spend(self, steps: int) -> None:
        """Count steps."""
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise OutOfBudget(f"more than {MAX_STEPS:,} steps")

    def write(self, characters: int) -> None:
        """Count characters of one text that is made."""
        self._text += characters
        if characters > MAX_OUTPUT or self._text > MAX_TEXT:
            raise OutOfBudget(f"more than {MAX_OUTPUT:,} characters in one text, or {MAX_TEXT:,} in all")

    def read(self, characters: int) -> None:
        """Count characters that a filter looks at, of which it may make a short text or a number."""
        self._read += characters
        if self._read > MAX_READ:
            raise OutOfBudget(f"more than {MAX_READ:,} characters read by filters")

    def hold(self, items: int) -> None:
        """Count the items of a list before it is made."""
        self.spend(items)
        if items > MAX_ITEMS:
            raise OutOfBudget(f"a list of more than {MAX_ITEMS:,} items")


class Buffer(StringIO):
    """Text that a template writes, counted."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self._budget = budget
        self._length = 0

    def write(self, text: str, /) -> int:
        """Write a text. Raise OutOfBudget where it is too much."""
        self._length += len(text)
        self._budget.write(len(text))
        if self._length > MAX_OUTPUT:
            raise OutOfBudget(f"more than {MAX_OUTPUT:,} characters")
        return super().write(text)
