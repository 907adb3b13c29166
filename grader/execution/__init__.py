"""Run jobs, build images and serve them: the Executor protocol, in Docker or as local processes."""
