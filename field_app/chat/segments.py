"""Where the words of a text begin and end, by jieba's dictionary.

Loaded at first use, into memory alone: jieba's own start-up would write a cache to a folder that
others share, and tell of it on stderr.
"""

from functools import lru_cache

import jieba

_COMMON = 5  # how often jieba's corpus has a word that is one beyond doubt


@lru_cache(maxsize=1)
def _tokenizer() -> jieba.Tokenizer:
    own = jieba.Tokenizer()
    own.FREQ, own.total = own.gen_pfdict(own.get_dict_file())
    own.initialized = True
    return own


@lru_cache(maxsize=512)
def words_in(text: str) -> tuple[tuple[int, int], ...]:
    """Begin and end of each word.

    >>> words_in("麦克风坏了")
    ((0, 3), (3, 4), (4, 5))
    """
    found, at = [], 0
    for word in _tokenizer().cut(text, HMM=False):
        found.append((at, at + len(word)))
        at += len(word)
    return tuple(found)


def is_common(word: str) -> bool:
    """Whether the dictionary has it as a word of its own."""
    return (_tokenizer().FREQ.get(word) or 0) >= _COMMON
