"""Documentation drawn from the code: the drawing, the layout, staleness."""

import xml.etree.ElementTree as ET
from pathlib import Path

from shouhou.cases.workflows import WORKFLOWS
from shouhou.documentation import stale, write
from shouhou.documentation.flows import pages as flow_pages
from shouhou.documentation.markdown import ROLE_LABELS, table
from shouhou.documentation.registries import pages as registry_pages
from shouhou.documents.drawing import flow_chart
from shouhou.documents.layout import layered


def test_boxes_of_one_layer_never_stand_on_each_other() -> None:
    names = list("abcdefgh")
    pairs = [("a", "b"), ("a", "c"), ("a", "d"), ("b", "e"), ("c", "e"), ("d", "f"), ("e", "g"), ("a", "g"), ("g", "h"), ("f", "h")]
    layout, edges = layered(names, pairs)
    assert layout.layers == {"a": 0, "b": 1, "c": 1, "d": 1, "e": 2, "f": 2, "g": 3, "h": 4}
    for one in names:
        for other in names:
            if one < other and layout.layers[one] == layout.layers[other]:
                assert abs(layout.place[one] - layout.place[other]) >= 0.999
    assert all(0.49 < x < layout.width for x in layout.place.values())
    assert len(layout.bends["a", "g"]) == 2
    assert not any(edge.back for edge in edges)


def test_an_edge_against_the_order_of_reading_is_a_way_back() -> None:
    _, edges = layered(["a", "b"], [("a", "b"), ("b", "a"), ("a", "a")])
    assert [(edge.source, edge.target, edge.back) for edge in edges] == [("a", "b", False), ("b", "a", True)]


def test_the_chart_of_every_service_names_every_state_in_both_languages() -> None:
    assert WORKFLOWS
    for workflow in WORKFLOWS.values():
        drawn = flow_chart(workflow, ROLE_LABELS)
        words = {element.text for element in ET.fromstring(drawn).iter() if element.text}
        for state in workflow.states:
            assert state.label.zh in words
            assert state.label.en in words


def test_the_page_of_every_service_lists_every_state_move_and_limit() -> None:
    made = flow_pages()
    for workflow in WORKFLOWS.values():
        text = made[f"flows/{workflow.service}.md"]
        for name in [*(state.name for state in workflow.states), *(move.name for move in workflow.moves)]:
            assert f"`{name}`" in text
        for state in workflow.states:
            for limit in state.limits:
                assert f"`{limit.term}`" in text


def test_every_refusal_and_event_stands_in_both_languages() -> None:
    made = registry_pages()
    assert "| `OVERTAKEN` | 409 |" in made["errors.md"]
    assert "### `case.moved` 售后单有进展 a case moved" in made["events.md"]
    assert "| `approve` | 同意 Approve |" in made["roles.md"]


def test_a_cell_cannot_break_its_table() -> None:
    assert table(["a"], [["x|y\nz"]]).splitlines()[2] == "| x\\|y<br>z |"


def test_a_changed_a_missing_and_a_left_over_page_are_stale_until_written(tmp_path: Path) -> None:
    pages = {"flows/a.md": "A", "errors.md": "E", "flows/new.md": "N"}
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/a.md").write_text("old")
    (tmp_path / "errors.md").write_text("E")
    (tmp_path / "flows/gone.md").write_text("of a service that is gone")
    (tmp_path / "glossary.md").write_text("written by hand")
    outdated = {path.relative_to(tmp_path).as_posix() for path in stale(pages, root=tmp_path)}
    assert outdated == {"flows/a.md", "flows/new.md", "flows/gone.md"}
    write(pages, root=tmp_path)
    assert stale(pages, root=tmp_path) == []
    assert not (tmp_path / "flows/gone.md").exists()
    assert (tmp_path / "glossary.md").read_text() == "written by hand"
