"""What the walks do not reach: the story that travels it; and states that the book leaves out in one of the channels."""

TRANSFERRED = "::test_a_bank_account_chosen_before_is_paid_by_finance_and_the_card_is_never_asked"
CHEAP = "::test_cheap_units_are_sent_by_the_book"
LAST_DAY = "test_dispute_at_its_limit.py::test_evidence_asked_for_on_the_last_day_does_not_put_the_ruling_off"
SPOILED = "test_refund_only.py::test_spoiled_food_is_refunded_by_the_book_with_a_photo"
BESIDE_OLD = "::test_where_a_unit_was_never_replaced_whoever_has_the_goods_says_which_came_back"
IN_DOUBT = "::test_nobody_looked_in_time_and_the_difference_goes_back_in_the_buyers_favour"
FLASHED = "::test_what_was_refunded_before_the_goods_came_is_settled_when_the_case_is_closed"
# Service → step → the story in this folder.
ELSEWHERE: dict[str, dict[str, str]] = {
    "exchange": {
        "inspection_escalated: parcel_delivered":
            "test_large_exchange.py::test_a_replacement_sent_ahead_arrives_while_the_supervisor_looks_at_the_dear_old_one",
        "replacement_reserved: refund_instead":
            "test_exchange.py::test_a_replacement_that_is_not_sent_in_time_may_become_a_refund_and_not_before",
        "closed: take_back_loan": "test_large_exchange.py::test_a_unit_lent_before_the_exchange_comes_back_after_its_end",
    },
    "repair": {
        **dict.fromkeys(
            ("closed: take_back_loan", "lapsed: take_back_loan"), "test_loan_units.py::test_a_unit_comes_back_after_its_repair_has_ended"
        ),
        "disputed: take_back_loan": "test_loan_units.py::test_a_unit_comes_back_while_the_platform_decides_about_the_quote",
    },
    "resend": dict.fromkeys(("limit review_book", "submitted: approve_by_book"), f"test_resend.py{CHEAP}"),
    "price_protection": dict.fromkeys(("dispute_evidence: rule_in_doubt", "dispute_shop_evidence: rule_in_doubt"), LAST_DAY),
    "refund_only": {
        **dict.fromkeys(("limit review_book", "submitted: approve_by_book"), SPOILED),
        "refunding: refund_by_transfer": "test_routes_before.py::test_a_refund_only_goes_to_the_account_too",
    },
    "cancel": {"refunding: refund_by_transfer": "test_routes_before.py::test_an_order_stopped_before_it_left_goes_to_the_account_too"},
    "return": {
        "refunding: refund_by_transfer": f"test_routes_before.py{TRANSFERRED}",
        **dict.fromkeys(("limit difference_back", "refunded: settle_difference"), f"test_difference_in_parts.py{BESIDE_OLD}"),
        "refunded: difference_in_doubt": f"test_difference_in_parts.py{IN_DOUBT}",
        **dict.fromkeys(("closed: settle_difference", "closed: difference_in_doubt"), f"test_difference_in_parts.py{FLASHED}"),
    },
}  # fmt: skip
NEVER_HERE: dict[tuple[str, str], dict[str, str]] = {
    ("cancel", "self"): {"coming_back": "refunded when the carrier has stopped it, not when it is back (refund_after_interception)"},
}  # fmt: skip
