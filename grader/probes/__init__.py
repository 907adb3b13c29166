"""Programs that run inside the sandbox, one folder each, answering on standard output.

A probe prints one JSON line of at most 1 MiB, `{"result": ..., "arrays": [{"name": ..., "length": ...}]}`,
then the raw little-endian float64 bytes of those arrays; `grader.evidence.decode` reads that on the host.
The script of a probe is the `__main__.py` of its folder; it is mounted with the modules that it imports and no
others, so a probe imports nothing of the grader but `grader.probes`. A mistake of the candidate is never a
failure of a probe: it is in `problems`.
"""
