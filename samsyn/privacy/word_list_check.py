"""Holds the word list of spoken codes against its rules: ``python -m samsyn.privacy.word_list_check [candidates.txt]``.

The words are 2,048 ordinary Swedish ones, chosen in November 2026 and held against these rules until none was broken. From which
list they were taken was not written down, so no program can make the same list again: what is known of it is that it keeps
the rules, which this file checks, and that it is the list whose digest stands in its test. Words are never exchanged: a code
that somebody has learnt must stay a code. Should the list ever be made anew, ``addable`` makes one out of any candidates.

Without a file it checks the list in use. With a file of candidates it prints those that could be added.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path

from samsyn.privacy.spoken_codes import LIST_SIZE, WORD_LIST

NEVER = Path(__file__).parent / "data" / "words_never_sv.txt"
ALPHABET = "abcdefghijklmnopqrstuvwxyzåäö"
SHORTEST, LONGEST = 4, 8
# Fewer letters apart than this, and one slip of the pen or the ear makes one word into another.
LEAST_DISTANCE = 2

# Spellings that sound alike in Swedish, in the order in which they are replaced. Å and o, ä and e are heard alike
# in many dialects and over a bad line; so are d and rd, l and rl.
SOUNDS = (
    ("stj|skj|sch|sj|sh|ch", "S"),
    ("sk(?=[eiyäö])", "S"),
    ("tj|kj", "C"),
    ("^k(?=[eiyäö])", "C"),
    ("^g(?=[eiyäö])|^(?:dj|gj|hj|lj)", "j"),
    ("ck", "k"),
    ("c(?=[eiyäö])", "s"),
    ("c|q", "k"),
    ("z", "s"),
    ("w", "v"),
    ("x", "ks"),
    ("ph", "f"),
    ("th", "t"),
    ("nk", "ngk"),
    ("rd$", "d"),
    ("rl$", "l"),
    ("gn", "ngn"),
    ("ä", "e"),
    ("å", "o"),
    (r"(.)\1+", r"\1"),
)


def sound(word: str) -> str:
    """Return a rough spelling of how the word sounds: words that sound alike get the same."""
    for pattern, heard in SOUNDS:
        word = re.sub(pattern, heard, word)
    return word


def never() -> frozenset[str]:
    """Return the words that are kept out, whatever their shape."""
    lines = NEVER.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith(("#", "[")) for word in line.split())


def is_close(one: str, other: str) -> bool:
    """Tell whether two texts are at most one letter apart (changed, added or missing), or two letters swapped."""
    if one == other:
        return True
    if len(one) == len(other):
        apart = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        is_swap = len(apart) == 2 and apart[1] == apart[0] + 1 and one[apart[0]] == other[apart[1]]
        return len(apart) < LEAST_DISTANCE or (is_swap and one[apart[1]] == other[apart[0]])
    short, long = sorted((one, other), key=len)
    return len(long) - len(short) == 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def close_pairs(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each pair of different texts that are too close; only pairs that share a shape are compared."""
    shapes: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for place in range(len(text)):
            shapes[f"{text[:place]}{text[place + 1 :]}"].add(text)
        shapes[text].add(text)
    found: set[tuple[str, str]] = set()
    for group in shapes.values():
        found.update(pair for pair in combinations(sorted(group), 2) if is_close(*pair))
    yield from sorted(found)


def faults(words: Sequence[str], *, kept_out: frozenset[str] | None = None) -> list[str]:
    """Return what is wrong with a list of words, one sentence each; the number of words isn't looked at."""
    kept_out = never() if kept_out is None else kept_out
    found = [f"{word} stands twice" for word in sorted({word for word in words if words.count(word) > 1})]
    for word in words:
        if not SHORTEST <= len(word) <= LONGEST:
            found.append(f"{word} has {len(word)} letters")
        if set(word) - set(ALPHABET):
            found.append(f"{word} has other signs than small Swedish letters")
        if word in kept_out:
            found.append(f"{word} is kept out")
    found += [f"{one} and {other} look too much alike" for one, other in close_pairs(set(words))]
    spelled: dict[str, list[str]] = defaultdict(list)
    for word in words:
        spelled[sound(word)].append(word)
    found += [f"{' and '.join(group)} sound the same" for group in spelled.values() if len(set(group)) > 1]
    found += [
        f"{spelled[one][0]} and {spelled[other][0]} sound too much alike" for one, other in close_pairs(set(spelled))
    ]
    order = sorted(words, key=lambda word: [ALPHABET.find(letter) for letter in word])
    if list(words) != order:
        found.append("the words are not in alphabetical order")
    return found


def addable(candidates: Iterable[str], words: Sequence[str]) -> list[str]:
    """Return the candidates that could be added one after the other without a fault."""
    kept_out = never()
    standing = set(words)
    sounds = {sound(word) for word in standing}
    new = []
    for word in candidates:
        if faults([word], kept_out=kept_out) or word in standing:
            continue
        heard = sound(word)
        if any(is_close(word, other) for other in standing) or any(is_close(heard, other) for other in sounds):
            continue
        new.append(word)
        standing.add(word)
        sounds.add(heard)
    return new


def main(arguments: Sequence[str]) -> int:
    """Print what is wrong, or what could be added; return 1 if the list in use has a fault."""
    words = WORD_LIST.read_text(encoding="utf-8").split()
    if arguments:
        sys.stdout.write("\n".join(addable(Path(arguments[0]).read_text(encoding="utf-8").split(), words)) + "\n")
        return 0
    found = faults(words)
    if len(words) != LIST_SIZE:
        found.append(f"the list has {len(words)} words, not {LIST_SIZE}")
    sys.stdout.write("\n".join(found or ["The list holds."]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
