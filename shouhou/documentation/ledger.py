"""The ledger's chart of accounts and its recipes."""

from shouhou.documentation.markdown import both, code, page, table
from shouhou.ledger.chart import CHART
from shouhou.ledger.kinds import RECIPES


def pages() -> dict[str, str]:
    """`ledger.md`."""
    names = {account.name: f"{account.label.zh}<br>{account.label.en}" for account in CHART}
    flows = dict.fromkeys((source.name, target.name) for recipe in RECIPES.values() for source, target in recipe.flows)
    picture = ["```mermaid", "flowchart LR"]
    picture += [f'  {name}["{label}"]' for name, label in names.items()]
    picture += [f"  {source} --> {target}" for source, target in flows]
    return {
        "ledger.md": page(
            "账目 Ledger",
            "每一笔钱都从一个账户到另一个账户；分录只增不改（数据库触发器拒绝修改），所有账户合计恒为零。\n\n"
            "All money goes from one account to another. Postings are only ever added (a trigger refuses the rest), and the "
            "sum over all accounts is zero, always.",
            "\n".join([*picture, "```"]),
            "## 账户 Accounts",
            table(
                ["账户 account", "路径 path", "", "含义 meaning"],
                (
                    [code(account.name), code(account.path), both(account.label), f"{account.meaning.zh}\n{account.meaning.en}"]
                    for account in CHART
                ),
            ),
            "## 记账规则 Recipes",
            table(
                ["规则 recipe", "", "流向 from → to"],
                (
                    [
                        code(recipe.name),
                        both(recipe.label),
                        "\n".join(f"{code(source.name)} → {code(target.name)}" for source, target in recipe.flows),
                    ]
                    for recipe in RECIPES.values()
                ),
            ),
        )
    }
