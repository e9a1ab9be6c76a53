"""The page as the goods were sold, beside the complaint: what it said, what was found, and whether that differs (EXG-05)."""

from typing import Any

from shouhou.cases.rows import CaseRow


def sold_pages(case: CaseRow) -> list[dict[str, Any]]:
    """One entry per line that has a page; nothing where the shop told none or the complaint is about something else."""
    compared = {(each["line"], each["spec"]): each for each in case.details.get("compared", ())}
    titles = {item.line: item.title for item in case.items}
    return [
        {
            "title": titles.get(int(line), ""), "description": page.get("description", ""), "address": page.get("address", ""),
            "pictures": page.get("pictures", ()),
            "specs": [
                {"name": name, "sold": sold, "found": compared.get((int(line), name))}
                for name, sold in (page.get("specs") or {}).items()
            ],
        }
        for line, page in (case.details.get("as_sold") or {}).items()
    ]  # fmt: skip
