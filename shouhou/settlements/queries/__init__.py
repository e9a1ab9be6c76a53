"""Reading merchants' money."""

from shouhou.settlements.queries.money import ShopMoney, account_of, currencies, proof_of, shop_money
from shouhou.settlements.queries.statements import Statement, StatementLine, months_of, statement, statement_lines

__all__ = [
    "ShopMoney", "Statement", "StatementLine", "account_of", "currencies", "months_of", "proof_of", "shop_money", "statement",
    "statement_lines",
]  # fmt: skip
