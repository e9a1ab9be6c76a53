"""When money that was sent back is there, tender by tender, as the pinned policy promises."""

from django.utils.translation import gettext as _

from shouhou.payments.rules.facts import IN_KIND
from shouhou.policy.terms import Terms

# Kinds of money that wait for a bank.
OF_A_BANK = frozenset({"card", "credit_card", "debit_card", "installment", "boleto"})
LEAST, MOST, WALLET = "bank_arrival_least_workdays", "bank_arrival_most_workdays", "wallet_arrival_hours"


def arrival(tender: str, terms: Terms) -> str:
    """A sentence without numbers where the book, an older one, promises none."""
    if tender in IN_KIND:
        return _("原样退回您的账户，不折现")
    if tender in OF_A_BANK:
        if not {LEAST, MOST} <= terms.terms.keys():
            return _("原路退回原卡；入账时间以银行为准")
        days = {"least": terms.number(LEAST), "most": terms.number(MOST)}
        return _("原路退回原卡；银行入账一般再需 %(least)s–%(most)s 个工作日") % days
    if WALLET not in terms.terms:
        return _("原路退回")
    return _("原路退回，通常立即到账，最迟 %(hours)s 小时") % {"hours": terms.number(WALLET)}
