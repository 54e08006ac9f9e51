"""Tables as kramdown reads them: every line has a `|`, and a header line is not needed.

https://kramdown.gettalong.org/syntax.html#tables. Pure, linear time.
"""

import re

from markdown_it.rules_block import StateBlock

MAX_CELLS = 20_000  # of one table, as markdown-it has it
_SIGN = re.compile(r"\\.|`+|\|")
_ALIGNED = re.compile(r"(:?)[-=]+(:?)")


def table_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    """Parse a table: a rule for markdown-it."""
    if silent or state.is_code_block(start_line) or "|" not in _text_of(state, start_line):
        return False
    if not _follows_border(state, start_line):
        return False
    rows = _read_rows(state, start_line, end_line)
    if rows is None or all(_is_separator(row) for row in rows):
        return False
    state.line = start_line + len(rows)
    _push_table(state, rows, start_line)
    return True


def _follows_border(state: StateBlock, line: int) -> bool:
    """Return True if a line is the first of its container, or stands after a blank line or a marker."""
    is_first = not line or not state.tokens or state.tokens[-1].nesting > 0
    return is_first or state.isEmpty(line - 1) or _is_marker(_text_of(state, line - 1))


def _is_marker(text: str) -> bool:
    """Return True if a line is an attribute list or the end-of-block marker."""
    return text[:2] == "{:" or text == "^"


def _text_of(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()


def _read_rows(state: StateBlock, start_line: int, end_line: int) -> list[str] | None:
    """Return the lines of a table; None if a line of the paragraph has no `|` outside code."""
    rows = []
    for line in range(start_line, end_line):
        if state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            break
        text = _text_of(state, line)
        if _is_marker(text):
            break
        if len(_split_cells(text)) < 2 and not text.startswith("|") and not _is_separator(text):  # noqa: PLR2004
            return None
        rows.append(text)
    return rows


def _is_separator(row: str) -> bool:
    return not row.strip("+|: \t-=") and ("-" in row) != ("=" in row)


def _split_cells(row: str) -> list[str]:
    """Return what stands between the `|` of a row that are neither escaped nor in code."""
    text = row.strip().removeprefix("|")
    borders = _find_borders(text)
    cells = [
        text[start:end].strip() for start, end in zip([0, *(b + 1 for b in borders)], [*borders, None], strict=True)
    ]
    return cells[:-1] if len(cells) > 1 and not cells[-1] else cells


def _find_borders(text: str) -> list[int]:
    signs = [(found[0], found.start()) for found in _SIGN.finditer(text)]
    last = {sign: start for sign, start in signs if sign[0] == "`"}
    borders: list[int] = []
    ticks = ""  # of the code that is open
    for sign, start in signs:
        if ticks:
            ticks = "" if sign == ticks else ticks
        elif sign[0] == "`":
            ticks = sign if last[sign] > start else ""
        elif sign == "|":
            borders.append(start)
    return borders


def _push_table(state: StateBlock, rows: list[str], start_line: int) -> None:
    borders = [place for place, row in enumerate(rows) if _is_separator(row)]
    header = borders[0] if borders and borders[0] > 0 else 0
    alignments = _read_alignments(rows[borders[0]]) if borders else []
    state.push("table_open", "table", 1)
    left = MAX_CELLS
    for name, part in (("thead", rows[:header]), ("tbody", rows[header:])):
        kept = [(place, row) for place, row in enumerate(part, start_line) if not _is_separator(row)]
        if not kept:
            continue
        state.push(f"{name}_open", name, 1)
        for line, row in kept:
            left -= _push_row(state, _split_cells(row)[:left], "th" if name == "thead" else "td", line, alignments)
        state.push(f"{name}_close", name, -1)
    state.push("table_close", "table", -1)


def _read_alignments(row: str) -> list[str]:
    signs = {(":", ""): "left", ("", ":"): "right", (":", ":"): "center"}
    return [signs.get(found, "") for found in _ALIGNED.findall(row)]


def _push_row(state: StateBlock, cells: list[str], name: str, line: int, alignments: list[str]) -> int:
    state.push("tr_open", "tr", 1)
    for place, cell in enumerate(cells):
        opening = state.push(f"{name}_open", name, 1)
        if place < len(alignments) and alignments[place]:
            opening.attrSet("style", f"text-align:{alignments[place]}")
        inline = state.push("inline", "", 0)
        inline.map, inline.children = [line, line + 1], []
        inline.content = cell.replace("\\|", "|")
        state.push(f"{name}_close", name, -1)
    state.push("tr_close", "tr", -1)
    return len(cells)
