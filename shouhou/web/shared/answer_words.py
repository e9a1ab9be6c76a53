"""What somebody answered when they made a move, as a page says it: no codes, no minor units, no raw instants."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from shouhou.cases.rows import CaseRow
from shouhou.cases.workflows.asks import DISPOSITIONS, GRADES
from shouhou.foundation.workflow import Ask
from shouhou.logistics.network import place_names
from shouhou.web.labels import limit_label
from shouhou.web.page import said
from shouhou.web.shared.moves import courier_choices
from shouhou.web.templatetags.words import instant, money

TITLE_MOST = 24
# A ticked check, by the page's form ("yes") and by the API's callers.
TICKED = frozenset({"yes", "true", "on", "1"})


def answer_words(ask: Ask, value: object, *, case: CaseRow) -> str:
    """One answer of a move of this case; a value that nothing is known of is shown as it is."""
    match ask.field, ask.type, value:
        case "place", _kind, _value:
            names = place_names([str(value)])
            return said(names[str(value)]) if names else str(value)
        case "carrier", _kind, _value:
            return courier_choices().get(str(value), str(value))
        case "deadline", "text", str():
            terms = {row.name: row.term for row in case.deadlines}
            return limit_label(case.book, case.book_version, terms[value]) if value in terms else value
        case _field, "choice", str():
            return said(ask.choices[value]) if value in ask.choices else value
        case _field, "money", int():
            return money(value, case.currency)
        case _field, "instant", str():
            return instant(value) or value
        case _field, "items", list():
            titles = {item.line: item.title for item in case.items}
            told = (_item_words(each, titles, case.currency) for each in value if isinstance(each, Mapping))
            return _("；").join(told)
        case _field, "checklist", Mapping():
            return _("；").join(
                said(text) for code, text in ask.choices.items() if str(value.get(code, "")).lower() in TICKED | {code}
            )
        case _field, _kind, Mapping():
            return " ".join(str(part) for part in value.values())
    return str(value)


def _item_words(each: Mapping[str, Any], titles: Mapping[int, str], currency: str) -> str:
    """What was found on one line, its goods by name."""
    if "line" not in each:
        return _own_words(each, currency)
    line = each["line"]
    title = Truncator(titles.get(line, "")).chars(TITLE_MOST)
    words = [_("“%(title)s”") % {"title": title} if title else _("第 %(line)s 行") % {"line": line}]
    if "received" in each:
        words.append(_("实收 %(n)s 件") % {"n": each["received"]})
    if "accepted" in each:
        words.append(_("通过 %(n)s 件") % {"n": each["accepted"]})
    if each.get("serials"):
        words.append(_("序列号 %(serials)s") % {"serials": ", ".join(map(str, each["serials"]))})
    if each.get("grade") in GRADES:
        words.append(said(GRADES[each["grade"]]))
    for unit in each["units"] if isinstance(each.get("units"), list) else ():
        told = [f"{unit.get('quantity', '')} ×", said(GRADES[unit["grade"]]) if unit.get("grade") in GRADES else ""]
        told += [said(DISPOSITIONS[unit["disposition"]]) if unit.get("disposition") in DISPOSITIONS else ""]
        words.append(" ".join(filter(None, [*told, str(unit.get("deduction_reason") or "")])))
    if each.get("deduction_reason"):
        words.append(str(each["deduction_reason"]))
    return _("，").join(words)


def _own_words(each: Mapping[str, Any], currency: str) -> str:
    """A part that was replaced, or a line of a quote: neither is about goods of the order."""
    words = [str(each.get("part") or each.get("what") or "")]
    serials = [str(each[name]) for name in ("old_serial", "new_serial") if each.get(name)]
    if serials:
        words.append(f"({' → '.join(serials)})")
    if isinstance(each.get("amount"), int):
        words.append(money(each["amount"], currency))
    return " ".join(filter(None, words))
