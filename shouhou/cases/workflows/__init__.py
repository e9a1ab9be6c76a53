"""The service catalogue: one workflow a service; a new one is one file and one line here."""

from shouhou.cases.workflows.returns import RETURN
from shouhou.foundation.workflow import Workflow

WORKFLOWS: dict[str, Workflow] = {workflow.service: workflow for workflow in (RETURN,)}
