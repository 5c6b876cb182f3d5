"""The append-only log (*händelselogg*): who did what, when, in words that can be read aloud.

An event is stored in the transaction of the change it tells of. A sequencer then gives events their places as leaves
of a Merkle tree (RFC 9162) and signs checkpoints of it, so that an altered, removed or moved event is found and named.
The log holds random ids and declared facts only, never content, so it outlives what is erased. It has no pages (see
``oversight``), and it can't tell of what was never recorded.
"""
