"""The parts of `docker/engine`; standard library only, so that it runs before anything is installed."""
