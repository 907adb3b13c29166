"""Whether a submission keeps the contract: looked at without a key, without a score, with what a candidate has."""
