"""The whole flow of a grading: intake, notebook, probes, build, service, latency, evidence, scoring, reports."""
