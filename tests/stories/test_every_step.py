"""Every move from every state and every limit of every service is really travelled, in the house's shop and in somebody else's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shouhou.cases.workflows import WORKFLOWS
from shouhou.policy import queries
from tests.conftest import Shop
from tests.stories.answering import Answers
from tests.stories.drawn import by_clock, in_dispute, steps
from tests.stories.elsewhere import ELSEWHERE, NEVER_HERE
from tests.stories.exploring import Explorer, Travelled
from tests.stories.openings import CHANNELS, OPENINGS
from tests.world import World

STORIES = Path(__file__).parent
# Each service by itself, and what a dispute lays around it.
WALKS = [(name, disputed) for name in OPENINGS for disputed in (False, True) if not disputed or any(map(in_dispute, steps(name, "third")))]


@pytest.fixture(autouse=True)
def _books_as_shipped() -> Iterator[None]:
    queries.forget()
    yield
    queries.forget()


def explored(service: str, channel: str, shop: Shop, wanted: set[str], *, disputed: bool) -> Travelled:
    """From every opening, as long as something is still to be found."""
    found, world = Travelled(), World()
    for number, opening in enumerate(OPENINGS[service]):
        world = World(now=world.now, count=1000 * (number + 1))
        opened = opening(world, CHANNELS[channel])
        explorer = Explorer(world, shop.stock, service, opened.number, found, Answers(world), wanted, since=opened.since, disputed=disputed)
        explorer.note_history(opened.since)
        explorer.everywhere()
        if not explorer.left:
            break
    return found


@pytest.mark.timeout(900)
@pytest.mark.django_db
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(("service", "disputed"), WALKS)
def test_every_step_and_limit_is_travelled_or_told_where_else(service: str, disputed: bool, channel: str, shop: Shop) -> None:
    everything = {each for each in steps(service, channel) if in_dispute(each) == disputed}
    wanted = everything - set(ELSEWHERE.get(service, {}))
    found = explored(service, channel, shop, wanted, disputed=disputed)
    travelled = {f"{state}: {move}" for state, move in found.moves} | {f"limit {name}" for name in found.limits}
    missing = {each: found.why.get(each, set()) for each in sorted(wanted - travelled)}
    assert not missing, f"{service} ({channel}): neither travelled nor told where else, with what it was refused: {missing}"
    wrong = [step for step in travelled for state in NEVER_HERE.get((service, channel), {}) if step.startswith(f"{state}: ")]
    assert not wrong, f"{service} ({channel}): {wrong} was travelled all the same"
    assert found.shown > len(everything & travelled) // 3, "moves were shown before they were made"
    living = [state for state in WORKFLOWS[service].states if not state.final]
    assert disputed or found.refused > len(living), "in every state somebody was refused"


@pytest.mark.parametrize("service", OPENINGS)
def test_what_is_told_to_be_travelled_elsewhere_exists(service: str) -> None:
    everything = steps(service, "self") | steps(service, "third")
    for step, story in ELSEWHERE.get(service, {}).items():
        file, _, name = story.partition("::")
        assert re.search(rf"^def {name}\(", (STORIES / file).read_text(), re.MULTILINE), f"{step}: there is no {story}"
    gone = sorted(set(ELSEWHERE.get(service, {})) - everything)
    assert not gone, f"{service}: no such step any more: {gone}"


@pytest.mark.parametrize("service", OPENINGS)
def test_what_only_the_clock_does_starts_where_one_of_its_limits_runs(service: str) -> None:
    """Drawn from anywhere else it would be an edge that nobody can travel."""
    workflow = WORKFLOWS[service]
    limited = {(limit.on_breach, state.name) for state in workflow.states for limit in state.limits}
    assert {(name, source) for name in by_clock(workflow) for source in workflow.need(name).sources} - limited == set()


def test_every_service_is_walked() -> None:
    assert set(OPENINGS) == set(WORKFLOWS)
