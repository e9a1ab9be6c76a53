"""What channels say by code is told in words."""

from shouhou.payments.rules.words import REFUSALS, TENDERS, refusals_told


def test_why_a_channel_did_not_pay_is_told_by_tender_in_both_languages() -> None:
    assert refusals_told({"card": "ACCOUNT_CLOSED"}) == "银行卡：账户已注销 / card: the account is closed"
    two = refusals_told({"card": "ACCOUNT_CLOSED", "shells": "X-9"})
    assert two == "银行卡：账户已注销；shells：X-9 / card: the account is closed; shells: X-9"
    assert refusals_told({}) == ""


def test_every_word_is_there_in_both_languages() -> None:
    assert all(text.zh and text.en.isascii() for text in (*REFUSALS.values(), *TENDERS.values()))
