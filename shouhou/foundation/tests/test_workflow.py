"""A workflow that could trap a case refuses to load, and says why."""

from dataclasses import replace

import pytest

from shouhou.foundation.workflow import BadWorkflow, Limit, Move, State, Text, Workflow

T = Text("名", "name")


def state(name: str, *limits: Limit, final: bool = False) -> State:
    return State(name, T, "applied", None if final else "agent", limits, final)


def move(name: str, sources: str, target: str | None, by: str = "agent", or_to: str = "") -> Move:
    roles = frozenset(by.split())
    return Move(name, T, frozenset(sources.split()), target, roles, or_to=frozenset(or_to.split()))  # type: ignore[arg-type]


STATES = (state("new", Limit("wait", "wait_hours", "give_up")), state("done", final=True))
MOVES = (move("finish", "new", "done"), move("give_up", "new", "done", by="system"))


def load(states: tuple[State, ...] = STATES, moves: tuple[Move, ...] = MOVES, start: str = "new") -> Workflow:
    return Workflow("toy", T, start, states, moves)


def test_a_sound_definition_loads_and_answers() -> None:
    toy = load()
    assert toy.state("new").limits[0].on_breach == "give_up" and toy.move("fly") is None
    assert [each.name for each in toy.moves_from("new", "agent")] == ["finish"]
    with pytest.raises(KeyError):
        toy.need("fly")


@pytest.mark.parametrize(
    ("states", "moves", "start", "why"),
    [
        (STATES, MOVES, "old", "the start old is unknown"),
        ((*STATES, state("new")), MOVES, "new", "a name stands twice"),
        (STATES, (*MOVES, move("finish", "new", None)), "new", "a name stands twice"),
        (STATES, (*MOVES, move("fly", "new", "moon")), "new", r"move fly names unknown \['moon'\]"),
        (STATES, (*MOVES, move("fly", "moon", "done")), "new", r"move fly names unknown \['moon'\]"),
        (STATES, (*MOVES, move("fly", "new", "done", or_to="moon")), "new", r"move fly names unknown \['moon'\]"),
        (STATES, (*MOVES, move("fly", "", "done")), "new", "move fly can be made by nobody or from nowhere"),
        (STATES, (*MOVES, move("fly", "new", "done", by="")), "new", "move fly can be made by nobody or from nowhere"),
        ((*STATES, state("island", final=True)), MOVES, "new", "state island is unreachable"),
        ((*STATES, state("pit")), (*MOVES, move("fall", "new", "pit")), "new", "state pit is a dead end"),
        ((*STATES, state("pit")), (*MOVES, move("fall", "new", "pit"), move("sit", "pit", "pit")), "new", "state pit is a dead end"),
        ((*STATES, state("pit")), (*MOVES, move("fall", "new", "pit"), move("note", "pit", None)), "new", "state pit is a dead end"),
        ((STATES[0], replace(STATES[1], waits_on="agent")), MOVES, "new", "must wait on somebody, or be final"),
        ((replace(STATES[0], waits_on=None), STATES[1]), MOVES, "new", "must wait on somebody, or be final"),
        ((state("new", Limit("wait", "h", "fly")), STATES[1]), MOVES, "new", "limit wait of new has nothing to do"),
        ((state("new", Limit("wait", "h", "finish")), STATES[1]), MOVES, "new", "limit wait of new has nothing to do"),
        (
            (*STATES, state("late", Limit("wait", "h", "give_up"))),
            (*MOVES, move("delay", "new", "late"), move("end", "late", "done")), "new",
            "limit wait of late has nothing to do",
        ),
    ],
)  # fmt: skip
def test_a_definition_that_could_trap_a_case_is_refused(
    states: tuple[State, ...], moves: tuple[Move, ...], start: str, why: str
) -> None:
    with pytest.raises(BadWorkflow, match=why):
        load(states, moves, start)


def test_a_state_reached_only_by_what_an_effect_chooses_is_reachable_and_a_way_out() -> None:
    states = (*STATES, state("aside"))
    moves = (*MOVES, move("turn", "new", "done", or_to="aside"), move("back", "aside", None, or_to="done"))
    assert load(states, moves).state("aside").name == "aside"


def test_a_limit_stands_still_where_any_state_that_names_it_says_so() -> None:
    states = (
        state("new", Limit("wait", "h", "give_up", pauses_in=frozenset({"asked"}))), state("asked"), state("done", final=True),
    )  # fmt: skip
    moves = (*MOVES, move("ask", "new", "asked"), move("tell", "asked", "new"))
    assert load(states, moves).pauses("wait") == {"asked"} and load().pauses("wait") == frozenset()
