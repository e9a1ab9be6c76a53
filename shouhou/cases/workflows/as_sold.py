"""The unit is held against the page it was bought from (EXG-05): what differs is the seller's fault, and stands in the case."""

from shouhou.cases.workflows.asks import INSPECTORS, REVIEWERS
from shouhou.cases.workflows.writing import move
from shouhou.foundation.workflow import Ask, Text

SPEC = Ask("spec", "text", Text("下单页面上的规格名", "Specification as the page names it"), required=True, most=40,
           help=Text("须是页面快照里有的，例如“内存”。", "One that the page had, “Memory” for instance."))  # fmt: skip
FOUND = Ask("found", "text", Text("实物是多少", "What the unit really has"), required=True, most=200)
COMPARE_MOVES = (
    move("compare_page", "与下单页面比对", "Compare with the page as sold", "submitted escalated received inspection_escalated", None,
         REVIEWERS | INSPECTORS, SPEC, FOUND, Ask("photos", "files", Text("照片", "Photos"), most=9), when="page_known",
         says=Text("与下单页面比对了实物", "held the unit against the page as sold")),
)  # fmt: skip
