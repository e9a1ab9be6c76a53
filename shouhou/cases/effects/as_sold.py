"""The unit and the page it was bought from: a difference is a mismatch, and whoever described it bears it (EXG-05; L-01)."""

from shouhou.cases.answers import invalid
from shouhou.cases.as_sold import compare, specs_of
from shouhou.cases.effects.inspection import photos
from shouhou.cases.effects.review import set_fault
from shouhou.cases.effects.said import say
from shouhou.cases.moving import Moving
from shouhou.foundation.refusals import FieldError


def compare_page(moving: Moving) -> None:
    """Keep what was found; what differs makes it the seller's fault. Raises ANSWERS_INVALID for what the page never named."""
    case, answers = moving.case, moving.answers
    pages = case.details.get("as_sold") or {}
    held = compare(pages, spec=str(answers["spec"]), found=str(answers["found"]))
    if held is None:
        known = "、".join(specs_of(pages)[:20])
        raise invalid(FieldError("spec", f"页面快照没有这一项；有：{known}", f"The page had no such specification; it had: {known}"))
    photos(moving)
    row = {"line": held.line, "spec": held.spec, "sold": held.sold, "found": held.found, "differs": held.differs,
           "at": moving.now.isoformat()}  # fmt: skip
    before = [each for each in case.details.get("compared", ()) if (each["line"], each["spec"]) != (held.line, held.spec)]
    moving.note(compared=[*before, row])
    if held.differs:
        set_fault(moving, "seller")
        say(moving, f"下单页面写明 {held.spec}：{held.sold}；实物：{held.found}。与描述不符，责任在商家，寄回运费由商家承担。",
            f"The page you bought from said {held.spec}: {held.sold}; the unit has {held.found}. It is not as described: the seller "
            "is at fault and bears the freight.")  # fmt: skip
    else:
        say(moving, f"下单页面写明 {held.spec}：{held.sold}；实物：{held.found}，两者一致。",
            f"The page you bought from said {held.spec}: {held.sold}; the unit has {held.found}. They agree.")  # fmt: skip
