"""What hostile letters cost: ``python -m bench.letters``. The baseline in the same run is Python's parser without our limits.

Each letter is read in a process of its own, so that its memory is its own; an ordinary letter stands first.
"""

import email
import resource
import subprocess
import sys
import time
from collections.abc import Callable

from samsyn.channels import letter_reading

HEAD = b"From: a@b.example\r\nSubject: hej\r\n"
PART = b"--x\r\nContent-Type: text/plain\r\n\r\nhej\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
LETTERS: dict[str, Callable[[], bytes]] = {
    "ordinary": lambda: HEAD + b"\r\nHej! Kan ni ringa 08-465 004 35?\r\n",
    "10,000 parts": lambda: MIXED + PART * 10_000,
    "10,000 levels": lambda: (
        HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(10_000))
    ),
    "100 MB in one file": lambda: MIXED + b"--x\r\nContent-Type: a/b\r\n\r\n" + b"QUFB\r\n" * 16_700_000 + b"--x--",
    "10 MB of text": lambda: HEAD + b"\r\n" + b"0701234567 " * 900_000,
    "1 MB of headers": lambda: b"".join(b"X-%d: a\r\n" % n for n in range(100_000)) + b"\r\nhej",
}


def ours(raw: bytes) -> str:
    try:
        letter_reading.read(raw)
    except letter_reading.CannotRead as refused:
        return refused.code
    return "read"


def unguarded(raw: bytes) -> str:
    try:
        for part in email.message_from_bytes(raw).walk():
            part.get_payload(decode=True)
    except RecursionError:
        return "RecursionError"
    return "read"


def one(name: str, how: str) -> None:
    raw = LETTERS[name]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    result = ours(raw) if how == "ours" else unguarded(raw)
    seconds = time.perf_counter() - begun
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{seconds:.4f} {more:.0f} {result}")


def main() -> int:
    if len(sys.argv) == 3:
        one(sys.argv[1], sys.argv[2])
        return 0
    print("| letter | ours | seconds | more memory | unguarded | seconds | more memory | ours / unguarded |")
    print("|---|---|---|---|---|---|---|---|")
    slow = []
    for name in LETTERS:
        said = []
        for how in ("ours", "unguarded"):
            done = subprocess.run(
                [sys.executable, "-m", "bench.letters", name, how],
                capture_output=True,
                text=True,
                check=True,
                timeout=300,
            )
            said.append(done.stdout.strip().split(" ", 2))
        (a, memory_a, result_a), (b, memory_b, result_b) = said
        ratio = float(a) / max(float(b), 0.0001)
        print(f"| {name} | {result_a} | {a} | {memory_a} MB | {result_b} | {b} | {memory_b} MB | {ratio:.3f} |")
        slow += [name] if float(a) > 1 else []
    print("every letter under a second" if not slow else f"slower than a second: {slow}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
