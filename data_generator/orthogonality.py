"""Who may share a variant and a column: the orthogonality table, as data the planner obeys."""

from __future__ import annotations

# Columns made of one another: what touches one touches all, or one defect would hide the other.
FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"data_usage_gb", "usage_avg_3m", "usage_trend_3m"}),
    frozenset({"logins_30d", "logins_avg_3m"}),
    frozenset({"monthly_charge", "total_charges"}),
    frozenset({"seats_purchased", "seats_active"}),
)

# Kinds that never meet, with the reason.
EXCLUSIVE: dict[frozenset[str], str] = {
    frozenset({"label_shift", "label_definition"}): "both move the monthly label rate",
    frozenset({"label_shift", "concept_drift"}): "both act inside the hazard",
    frozenset(
        {"label_definition", "concept_drift"}
    ): "another label rule moves every column's relation to it",
    frozenset({"label_noise_slice", "concept_drift"}): "both weaken what the features say of the label",
    frozenset({"label_noise_slice", "label_definition"}): "both change labels after the fact",
    frozenset(
        {"label_definition", "identifier_leak"}
    ): "re-keyed customers cannot be followed to their last row, which mends the label",
    frozenset({"label_definition", "selection_gap"}): "a gap hides the month in which customers left",
    frozenset({"identifier_leak", "row_order"}): "an ordered identifier is an order of the rows",
}


def family(column: str) -> frozenset[str]:
    """Return the columns that are made of the same readings as `column`, itself included."""
    return next((members for members in FAMILIES if column in members), frozenset({column}))


def families(columns: frozenset[str]) -> frozenset[str]:
    """Return all columns that touching `columns` touches."""
    return frozenset[str]().union(*(family(column) for column in columns))


def exclusive(kind: str, others: set[str]) -> bool:
    """Return whether `kind` may not meet one of `others`."""
    return any(frozenset({kind, other}) in EXCLUSIVE for other in others)
