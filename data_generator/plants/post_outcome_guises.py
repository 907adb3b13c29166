"""Under which names and meanings a field that is written at the cancellation appears."""

from __future__ import annotations

from dataclasses import dataclass

from data_generator.plants.leak import Guise


@dataclass(frozen=True)
class SizedGuise(Guise):
    """How the field appears, and the size of its values."""

    median: float
    spread: float
    decimals: int


GUISES: dict[str, SizedGuise] = {
    guise.column: guise
    for guise in (
        SizedGuise(
            "service_credit_eur", "commercial", "EUR", "save-desk case log",
            "when a save-desk agent closes the case on a cancellation; posted to the last three month-ends",
            "Credit granted to the account in a case; 0 without one.", 22.0, 0.6, 2,
        ),
        SizedGuise(
            "balance_adjustment_eur", "commercial", "EUR", "billing, final-invoice run",
            "when the final invoice is issued; back-dated to the three months it settles",
            "Correction booked to bring the account's balance to zero; 0 when nothing was booked.", 14.0, 0.7, 2,
        ),
        SizedGuise(
            "handling_minutes", "service", "minutes", "retention hotline",
            "after the call about ending the contract is wrapped up; shown on the three month-ends before",
            "Agent minutes booked on the account; 0 without a call.", 17.0, 0.5, 0,
        ),
        SizedGuise(
            "line_order_days", "service", "days", "network provisioning, release orders",
            "when the line is given back to the pool; shown on the three month-ends before",
            "Days the account's provisioning order was in progress; 0 without an order.", 9.0, 0.5, 0,
        ),
        SizedGuise(
            "parcel_weight_kg", "account", "kg", "returns warehouse",
            "when the customer's equipment arrives at the warehouse; shown on the three month-ends before",
            "Weight of the parcel booked on the account; 0 without a parcel.", 1.4, 0.4, 2,
        ),
        SizedGuise(
            "number_transfer_eur", "billing stress", "EUR", "number portability clearing house",
            "when another provider has taken the number over; posted to the last three month-ends",
            "Clearing fee booked for the account's number; 0 without a transfer.", 6.5, 0.3, 2,
        ),
        SizedGuise(
            "questionnaire_seconds", "marketing and other", "seconds", "survey tool, leaving questionnaire",
            "when the questionnaire that follows a cancellation is sent in; joined to the quarter before it",
            "Time spent on a questionnaire; 0 without an answer.", 95.0, 0.6, 0,
        ),
        SizedGuise(
            "export_size_gb", "usage", "GB", "data protection office, hand-over jobs",
            "when the account's data is packed before it is erased; shown on the three month-ends before",
            "Size of the archive packed for the account; 0 without a job.", 3.2, 0.8, 2,
        ),
        SizedGuise(
            "voucher_value_eur", "marketing and other", "EUR", "win-back campaign tool",
            "when a letter to a former customer is printed; joined to the customer's last quarter",
            "Value of the voucher printed for the account; 0 without one.", 30.0, 0.4, 0,
        ),
        SizedGuise(
            "technician_minutes", "service", "minutes", "field service planning, disconnection visits",
            "when the visit is reported as done; shown on the three month-ends before",
            "Minutes of the technician's visit; 0 without a visit.", 38.0, 0.4, 0,
        ),
        SizedGuise(
            "deposit_settled_eur", "billing stress", "EUR", "accounts payable",
            "when the deposit is paid back after the contract's end; value date in each of the last three months",
            "Deposit settled with the account; 0 when nothing was settled.", 50.0, 0.35, 2,
        ),
        SizedGuise(
            "scanned_pages", "account", "pages", "mail room, letters of notice",
            "when the letter is scanned; filed under the three month-ends before",
            "Pages of the account's letters on file; 0 without a letter.", 3.0, 0.5, 0,
        ),
        SizedGuise(
            "prorated_share_pct", "commercial", "percent", "revenue accounting, closing entries",
            "when the last month is charged in part; shown on the three months settled",
            "Part of a monthly charge that was credited; 0 when none was.", 41.0, 0.45, 1,
        ),
        SizedGuise(
            "courier_distance_km", "service", "km", "logistics partner, equipment pick-ups",
            "when the rented equipment has been picked up; joined to the three month-ends before",
            "Length of the courier's trip to the customer; 0 without a trip.", 12.0, 0.7, 1,
        ),
    )
}  # fmt: skip
