"""Evidence: all a check may look at; written by the pipeline, read again by `takehome score`."""
