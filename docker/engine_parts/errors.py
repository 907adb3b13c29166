"""The one error of the engine script: what a person reads before exit code 4."""


class EngineError(Exception):
    """No usable engine or base image; the message is complete and meant for a person."""
