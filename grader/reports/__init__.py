"""A report for each reader: terminal, reviewer's page, candidate's page, machine formats.

Everything here is a pure function of `grader.results.Report`, but for `write`, which fills a folder.
"""
