"""The README judge: levels for a candidate's production judgment, from claims and checked facts."""
