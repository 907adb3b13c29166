"""Independent random streams, each keyed by the seed, a name and the shard."""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, name: str, shard: int = 0) -> np.random.Generator:
    """Return the stream of `name` under `seed`; adding a name leaves all other streams as they were.

    `seed` is any non-negative integer, also one of 256 bits. What must be the same in all shards of a data set
    draws from shard 0.
    """
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big")
    spawn_key = (*_words(key), shard) if shard else _words(key)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=spawn_key)))


def variant_id(seed: int) -> str:
    """Return the public name of a variant: the first 12 hex digits of the SHA-256 of its seed in decimal."""
    return hashlib.sha256(str(seed).encode()).hexdigest()[:12]


def _words(number: int) -> tuple[int, ...]:
    return tuple((number >> shift) & 0xFFFFFFFF for shift in range(0, 128, 32))
