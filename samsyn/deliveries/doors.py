"""What all doors have in common: how large a file may be, and that files which are checked leave room for everybody else."""

from threading import BoundedSemaphore

# A file of some 100,000 rows; the core package has 220. What is larger comes by SFTP, to a process of its own.
LARGEST_BODY = 8 << 20
LARGEST_SFTP = 64 << 20
# Of the eight threads of a process at most two check files at once, so that no flood of them reaches the others' pages.
AT_ONCE = BoundedSemaphore(2)
WAIT_SECONDS = 20
