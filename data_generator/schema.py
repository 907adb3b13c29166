"""The 40 features: meaning, unit, source system and when each value is recorded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

KEYS = ("customer_id", "snapshot_month")
LABEL = "churned_90d"
Kind = Literal["category", "integer", "real", "flag"]


@dataclass(frozen=True)
class Column:
    """One feature as the data dictionary describes it; `decimals` is the precision it is issued with."""

    name: str
    block: str
    kind: Kind
    unit: str
    source: str
    recorded: str
    meaning: str
    decimals: int = 0


AT_SNAPSHOT = "at the month-end snapshot"
AT_SIGNUP = "at sign-up, unchanged since"
CRM, BILLING, USAGE = "customer register", "billing system", "usage metering"
LOGS, DESK, MARKETING = "application logs", "support desk", "marketing platform"


_A, _C, _U, _S, _B, _M = "account", "commercial", "usage", "service", "billing stress", "marketing and other"

FEATURES: tuple[Column, ...] = (
    Column(
        "tenure_months",
        _A,
        "integer",
        "months",
        CRM,
        AT_SNAPSHOT,
        "Full months since the contract started, 0 in the first month.",
    ),
    Column(
        "customer_segment", _A, "category", "", CRM, AT_SIGNUP, "Consumer, micro business or small business."
    ),
    Column("plan_tier", _A, "category", "", BILLING, AT_SNAPSHOT, "Tariff in force at the snapshot."),
    Column("region", _A, "category", "", CRM, AT_SIGNUP, "Sales region, anonymised to a letter."),
    Column(
        "acquisition_channel",
        _A,
        "category",
        "",
        CRM,
        AT_SIGNUP,
        "Channel through which the customer signed up.",
    ),
    Column(
        "contract_type",
        _A,
        "category",
        "",
        CRM,
        AT_SIGNUP,
        "Monthly contract, or a term of 12 or 24 months that renews itself.",
    ),
    Column("payment_method", _A, "category", "", BILLING, AT_SIGNUP, "How invoices are paid."),
    Column(
        "autopay_enabled",
        _A,
        "flag",
        "0/1",
        BILLING,
        AT_SIGNUP,
        "Whether add-ons are collected automatically, however invoices are paid.",
    ),
    Column("owner_age", _A, "integer", "years", CRM, AT_SIGNUP, "Age of the contract owner at sign-up."),
    Column("seats_purchased", _C, "integer", "seats", BILLING, AT_SIGNUP, "Seats paid for."),
    Column(
        "seats_active",
        _C,
        "integer",
        "seats",
        LOGS,
        AT_SNAPSHOT,
        "Seats assigned to a named user at the snapshot; the account's owner needs none.",
    ),
    Column(
        "monthly_charge",
        _C,
        "real",
        "EUR",
        BILLING,
        AT_SNAPSHOT,
        "Recurring charge invoiced for the month, after discount.",
        2,
    ),
    Column("discount_pct", _C, "integer", "percent", BILLING, AT_SIGNUP, "Discount on the list price."),
    Column(
        "total_charges",
        _C,
        "real",
        "EUR",
        BILLING,
        AT_SNAPSHOT,
        "Sum of all recurring charges since sign-up, this month included.",
        2,
    ),
    Column(
        "months_to_contract_end",
        _C,
        "integer",
        "months",
        CRM,
        AT_SNAPSHOT,
        "Months until the current term ends; null for monthly contracts.",
    ),
    Column("data_usage_gb", _U, "real", "GB", USAGE, AT_SNAPSHOT, "Data volume used in the month.", 2),
    Column(
        "usage_avg_3m",
        _U,
        "real",
        "GB",
        USAGE,
        AT_SNAPSHOT,
        "Mean of data_usage_gb over this month and the two before it, fewer for newer customers.",
        2,
    ),
    Column(
        "usage_trend_3m",
        _U,
        "real",
        "ratio",
        USAGE,
        AT_SNAPSHOT,
        "Change of data_usage_gb against two months earlier over the three months' mean; null in the first two.",
        3,
    ),
    Column(
        "logins_30d",
        _U,
        "integer",
        "logins",
        LOGS,
        AT_SNAPSHOT,
        "Logins to the application in the last 30 days; a device that stays signed in adds none.",
    ),
    Column(
        "logins_avg_3m",
        _U,
        "real",
        "logins",
        LOGS,
        AT_SNAPSHOT,
        "Mean of logins_30d over this month and the two before it, fewer for newer customers.",
        2,
    ),
    Column(
        "active_days_30d",
        _U,
        "integer",
        "days",
        LOGS,
        AT_SNAPSHOT,
        "Days with any use in the last 30 days, also on devices that stay signed in.",
    ),
    Column(
        "days_since_last_login",
        _U,
        "integer",
        "days",
        LOGS,
        AT_SNAPSHOT,
        "Days from the last login to the customer portal, which is not the application, counted up to 60.",
    ),
    Column(
        "features_used",
        _U,
        "integer",
        "features",
        LOGS,
        AT_SNAPSHOT,
        "Distinct product features used in the last 30 days, of 12.",
    ),
    Column(
        "api_calls_30d",
        _U,
        "integer",
        "calls",
        LOGS,
        AT_SNAPSHOT,
        "Calls through integrations in the last 30 days.",
    ),
    Column(
        "mobile_share", _U, "real", "share", LOGS, AT_SNAPSHOT, "Share of sessions on a mobile device.", 3
    ),
    Column(
        "session_minutes_avg",
        _U,
        "real",
        "minutes",
        LOGS,
        AT_SNAPSHOT,
        "Mean length of a session in the last 30 days.",
        2,
    ),
    Column(
        "support_tickets_30d",
        _S,
        "integer",
        "tickets",
        DESK,
        AT_SNAPSHOT,
        "Tickets that the customer opened in the last 30 days.",
    ),
    Column(
        "tickets_open",
        _S,
        "integer",
        "tickets",
        DESK,
        AT_SNAPSHOT,
        "Tickets open at the snapshot, reopened ones and those of our own staff included.",
    ),
    Column(
        "avg_resolution_hours",
        _S,
        "real",
        "hours",
        DESK,
        AT_SNAPSHOT,
        "Mean time to resolve a ticket over the last three months; null without a ticket.",
        1,
    ),
    Column(
        "nps_score",
        _S,
        "integer",
        "0-10",
        "survey tool",
        AT_SNAPSHOT,
        "Answer to the recommendation question of the month's survey; null without one, mostly so for new customers.",
    ),
    Column(
        "csat_last",
        _S,
        "integer",
        "1-5",
        DESK,
        AT_SNAPSHOT,
        "Rating in the month's survey on the tickets of the last three months; null without a ticket or an answer.",
    ),
    Column(
        "outages_30d",
        _S,
        "integer",
        "outages",
        "network monitoring",
        AT_SNAPSHOT,
        "Outages at the customer's line in the last 30 days.",
    ),
    Column(
        "payment_failures_3m",
        _B,
        "integer",
        "payments",
        BILLING,
        AT_SNAPSHOT,
        "Failed collections in the last three months, each try counted.",
    ),
    Column(
        "days_past_due",
        _B,
        "integer",
        "days",
        BILLING,
        AT_SNAPSHOT,
        "Age of the oldest unpaid item at the snapshot, counted up to 90; what is booked late keeps its date.",
    ),
    Column(
        "late_payments_12m",
        _B,
        "integer",
        "payments",
        BILLING,
        AT_SNAPSHOT,
        "Invoices paid late in the last twelve months.",
    ),
    Column(
        "email_open_rate",
        _M,
        "real",
        "share",
        MARKETING,
        AT_SNAPSHOT,
        "Share of newsletters opened in the last three months.",
        3,
    ),
    Column(
        "marketing_touches_30d",
        _M,
        "integer",
        "contacts",
        MARKETING,
        AT_SNAPSHOT,
        "Marketing contacts in the last 30 days.",
    ),
    Column(
        "plan_changes_12m",
        _M,
        "integer",
        "changes",
        BILLING,
        AT_SNAPSHOT,
        "Changes of tariff in the last twelve months.",
    ),
    Column("integrations_count", _M, "integer", "integrations", LOGS, AT_SIGNUP, "Integrations connected."),
    Column(
        "referral_count",
        _M,
        "integer",
        "customers",
        CRM,
        AT_SNAPSHOT,
        "Customers referred in the sign-up campaign, later ones not counted.",
    ),
)

# Pure noise by construction: low importance tells nothing. A plant with a column of its own takes a reserve's place.
NOISE = (
    "owner_age",
    "region",
    "acquisition_channel",
    "mobile_share",
    "session_minutes_avg",
    "email_open_rate",
    "marketing_touches_30d",
    "referral_count",
)
RESERVE = ("owner_age", "referral_count", "mobile_share", "email_open_rate")


def feature_names(columns: tuple[Column, ...] = FEATURES) -> list[str]:
    """Return the names in the order of the issued file."""
    return [column.name for column in columns]


def replace_column(columns: tuple[Column, ...], reserve: str, new: Column) -> tuple[Column, ...]:
    """Return the columns with `new` instead of `reserve`; the width stays the same.

    A column of another block moves to its own, some place inside it, so that the order of the file, which is
    that of the data dictionary, does not tell what was exchanged.
    """
    exchanged = [new if column.name == reserve else column for column in columns]
    old = next(column for column in columns if column.name == reserve)
    if old.block == new.block:
        return tuple(exchanged)
    rest = [column for column in exchanged if column is not new]
    block = [at for at, column in enumerate(rest) if column.block == new.block]
    number = int.from_bytes(hashlib.sha256(new.name.encode()).digest()[:4], "big")
    rest.insert(block[0] + number % (len(block) + 1), new)
    return tuple(rest)
