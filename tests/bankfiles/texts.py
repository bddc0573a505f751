"""Texts that people and other programs give: in any script, with what no file should hold."""

from hypothesis import strategies as st

AWKWARD = [
    *"\"\\{}<>&#;'/?",
    *"åäöÅÄÖéüñßøæ",
    *"\x00\x07\t\n\r\x1a\x1b\x7f\x85\xa0\xad",
    *"\u200d\u202e\u2066\ufeff\u0301\u0308",
    *"\U0001f600☃€Łőﬁ中שم½",
    "\ud800",
    "]]>",
    "<!DOCTYPE",
    "  ",
]

awkward_texts = st.lists(st.sampled_from(AWKWARD) | st.characters(), max_size=90).map("".join)
names = awkward_texts.map(lambda text: f"A{text}")
"""Each has a letter, so that there is a name left when the rest is gone."""
