"""Text in the cells of a spreadsheet: what a stranger wrote is never read as a formula."""

from __future__ import annotations

import re
from typing import Final

_STARTS: Final = "=+-@＝＋－＠"
_FORMULA: Final = re.compile(rf"(?<=[;\t\r\n])(?=[{re.escape(_STARTS)}])")
"""A formula after what a spreadsheet may take for the end of a cell: in Vietnam, a `;`."""


def inert(text: str) -> str:
    """The text with `'` wherever a spreadsheet could begin to read a formula."""
    opens = text[:1] in ("\t", "\r", "\n") or text.lstrip()[:1] in tuple(_STARTS)
    return ("'" if opens else "") + _FORMULA.sub("'", text)
