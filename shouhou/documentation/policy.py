"""The policy books, a page for each language, and their list."""

from shouhou.documentation.markdown import both, page, table
from shouhou.policy.library import shipped, shipped_ids
from shouhou.policy.pages import policy_pages


def pages() -> dict[str, str]:
    """`policy/README.md` and `policy/<book>.<language>.md`."""
    rows = []
    for name in shipped_ids():
        book = shipped(name).book
        use = "可发布 publishable" if book.publishable else "仅供测试或叠加 test profile or overlay"
        rows.append([f"`{name}`", both(book.title), book.version, use, f"[中文]({name}.zh.md) · [English]({name}.en.md)"])
    index = page(
        "政策 Policy",
        "每个判定都来自这些条款；订单下单时生效的版本随单固定。\n\n"
        "Every decision comes from these clauses; the version in force when an order is placed stays with it.",
        table(["政策 book", "", "版本 version", "用途 use", "条款 clauses"], rows),
    )
    return {"policy/README.md": index, **{f"policy/{name}": text for name, text in policy_pages().items()}}
