"""From what a posting or a difference is about to the case behind it, and the words of recipes and accounts."""

from collections.abc import Iterable, Mapping

from django.urls import reverse

from shouhou.cases.models import Case
from shouhou.foundation.workflow import Text
from shouhou.ledger.chart import account_of
from shouhou.ledger.kinds import RECIPES
from shouhou.payments.models import Charge
from shouhou.web.page import said
from shouhou.web.staff.money import SYSTEM, names_of

PHASES = {"posted": Text("已入账", "posted"), "pending": Text("在途", "pending"), "voided": Text("作废", "voided")}


def cases_behind(subjects: Iterable[str]) -> Mapping[str, str]:
    """By subject: the case's number; a charge belongs to the case it is for. What is no case's is left out."""
    found = set(subjects)
    charges = [subject for subject in found if subject.startswith("CH-")]
    behind = dict(Charge.objects.filter(number__in=charges).values_list("number", "subject")) if charges else {}
    meant = {subject: behind.get(subject, subject) for subject in found if subject}
    known = set(Case.objects.filter(number__in=meant.values()).values_list("number", flat=True)) if meant else set()
    return {subject: number for subject, number in meant.items() if number in known}


def case_address(number: str) -> str:
    return reverse("web:staff_case", args=[number]) if number else ""


def who_words(whos: Iterable[str]) -> Mapping[str, str]:
    """By who acted: the person's name; what the house does by itself is called the system. Nobody stays nobody."""
    found = set(whos)
    names = names_of(found)
    own = {"clock": said(SYSTEM), "command": said(Text("命令行", "command line"))}
    return {who: names.get(who) or own.get(who, who) for who in found}


def recipe_words(name: str) -> str:
    return said(RECIPES[name].label) if name in RECIPES else name


def account_words(path: str) -> str:
    """What the account is called; a path off the chart stands for itself."""
    try:
        return said(account_of(path).label)
    except KeyError:
        return path


def phase_words(phase: str, *, resolved: bool) -> str:
    """A pending one that was settled or voided says so by itself."""
    return said(Text("已处理", "resolved")) if phase == "pending" and resolved else said(PHASES[phase])
