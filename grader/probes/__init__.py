"""Scripts that run inside the sandbox: one file each, apart from this package, answering on standard output.

A probe prints one JSON line of at most 1 MiB, `{"result": ..., "arrays": [{"name": ..., "length": ...}]}`,
then the raw little-endian float64 bytes of those arrays; `grader.evidence.decode` reads that on the host.
Each script is mounted alone, so the parts that several need (regions `shared` and `notebooks`) are copies,
which a test holds equal. A mistake of the candidate is never a failure of a probe: it is in `problems`.
"""
