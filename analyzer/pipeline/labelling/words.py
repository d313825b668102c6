"""The guideline's four fields: their codes, and the words a person reads and writes for them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from analyzer.schema import DRIVES, NICHES, PROMOS

FIELDS: Final = ("drive", "clarity", "niche", "promo")

CLARITIES: Final = ("0", "1", "2", "3")

CODES: Final = {"drive": DRIVES, "clarity": CLARITIES, "niche": NICHES, "promo": PROMOS}

QUESTIONS: Final = {
    "drive": "Bỏ hình ảnh của người viết và mọi nhãn hàng đi, bài có còn nội dung không? · "
    "Without the writer's own image and every brand, is there still a post?",
    "clarity": "Chỉ đọc chữ thì rõ đến đâu? · How clear is it from the words alone?",
    "niche": "Bài nói về mảng gì? · What is it about?",
    "promo": "Có quảng bá không? · Does it promote something?",
}
"""Vietnamese, then English; `corpora/GUIDELINE.md` explains them."""

WORDS: Final = {
    "drive": {
        "passion": ("đam mê", "passion"),
        "brand": ("thương hiệu, hình ảnh", "brand, image"),
    },
    "clarity": {
        "0": ("không có căn cứ", "no evidence"),
        "1": ("hơi nghiêng", "leaning"),
        "2": ("khá rõ", "likely"),
        "3": ("rõ", "clear"),
    },
    "niche": {
        "food": ("ẩm thực", "food"),
        "travel": ("du lịch", "travel"),
        "beauty": ("làm đẹp", "beauty"),
        "fashion": ("thời trang", "fashion"),
        "tech": ("công nghệ", "tech"),
        "gaming": ("trò chơi điện tử", "gaming"),
        "family": ("gia đình, con cái", "family"),
        "health": ("sức khỏe, tập luyện", "health"),
        "money": ("tiền bạc, kinh doanh", "money"),
        "learning": ("học tập, nghề nghiệp", "learning"),
        "culture": ("văn hóa, lịch sử, sách", "culture"),
        "music": ("âm nhạc, nhảy", "music"),
        "film": ("phim, người nổi tiếng", "film"),
        "comedy": ("hài", "comedy"),
        "art": ("nghệ thuật, đồ thủ công", "art"),
        "animals": ("động vật, cây cối", "animals"),
        "vehicles": ("xe cộ", "vehicles"),
        "home": ("nhà cửa", "home"),
        "sport": ("thể thao", "sport"),
        "news": ("tin tức, xã hội", "news"),
        "life": ("đời sống, tâm trạng", "life"),
        "other": ("khác", "other"),
    },
    "promo": {
        "none": ("không", "none"),
        "own": ("của chính mình", "own"),
        "third_party": ("của bên khác", "third party"),
    },
}
"""Field to code to its words, Vietnamese and English."""

_LETTERS: Final = {"drive": {"p": "passion", "b": "brand"}}
"""What a hasty hand writes in a spreadsheet."""


def choice_words(field: str, code: str) -> str:
    """What a choice is called on a page: `ẩm thực · food`."""
    return " · ".join(WORDS[field][code])


def code_of(field: str, said: str) -> str | None:
    """The code that is meant; None when it is none of the guideline's.

    said: a code, its words in either language or one of them, or a letter. Case, marks, spaces, `-`
    for `_` and a spreadsheet's `2.0` for 2 do not matter.
    """
    return _MEANT[field].get(_plain(said))


def _plain(said: str) -> str:
    letters = unicodedata.normalize("NFKD", said.lower().replace("đ", "d"))
    bare = "".join(char for char in letters if not unicodedata.combining(char))
    return " ".join(re.sub(r"[-_\s]+", " ", bare).split()).removesuffix(".0")


def _meant(field: str) -> dict[str, str]:
    meant = dict(_LETTERS.get(field, {}))
    for code in CODES[field]:
        names = (code, *WORDS[field][code], choice_words(field, code))
        parts = (part for name in WORDS[field][code] for part in name.split(", "))
        meant |= dict.fromkeys(map(_plain, (*names, *parts)), code)
    return meant


_MEANT: Final = {field: _meant(field) for field in FIELDS}
