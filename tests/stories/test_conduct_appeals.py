"""The appeal of a blocked or flagged text: by its author, once, decided by somebody else, told, and the words may go then."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from shouhou.accounts.models import User
from shouhou.cases.actions import make_move, weigh_message
from shouhou.conduct.actions import review, weigh
from shouhou.conduct.appeals import appeal_screened, decide_appeal, mine
from shouhou.conduct.library import FOLDER, read
from shouhou.conduct.models import Appeal, Screened
from shouhou.foundation.refusals import Refused
from shouhou.notifications.models import Notice
from shouhou.notifications.tests.test_notices import tell_all
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Event
from shouhou.sla.rules.kinds import KINDS
from shouhou.support.conversations.actions.keeping import add_reply, weigh_reply
from shouhou.support.conversations.models import CannedReply
from tests.world import THIRD, World, refusal_of

BAD = "请加微信 yunshang888 处理"
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return World()


def person(name: str, role: str, merchant_id: int | None = None) -> Actor:
    user = User.objects.create(username=name, role=role, email=f"{name}@example.com")
    return Actor(role=role, who=f"user:{user.pk}", name=name, merchant_id=merchant_id)  # type: ignore[arg-type]


def blocked(world: World) -> tuple[Actor, Screened, str]:
    number = world.apply(world.order(**THIRD))["number"]
    author = person("wang", "merchant_operator", world.staff("merchant_operator", merchant="m1").merchant_id)
    with pytest.raises(Refused, match="MESSAGE_BLOCKED"):
        weigh_message(number, BAD, internal=False, actor=author, now=world.now)
    return author, Screened.objects.get(), number


def test_a_granted_appeal_is_told_to_its_author_and_the_same_words_may_go(world: World) -> None:
    author, row, number = blocked(world)
    boss = person("boss", "supervisor")
    appeal_screened(row.pk, "这是买家要求的联系方式", actor=author, now=world.now)
    tell_all(world.now)
    asked = Notice.objects.get(template="overseer_conduct_appealed", channel="site")
    assert (asked.user_id, "yunshang888" in asked.body) == (int(boss.who[5:]), True)
    decide_appeal(row.pk, grant=True, reasons="买家先提出", actor=boss, now=world.now)
    row.refresh_from_db()
    assert (row.reviewed, row.reviewed_by) == ("cleared", boss.who)
    tell_all(world.now)
    told = Notice.objects.get(template="staff_conduct_decided", channel="site")
    assert told.user_id == int(author.who[5:])
    assert "误判" in told.title
    assert "买家先提出" in told.body
    assert "…" not in told.title
    weigh_message(number, BAD, internal=False, actor=author, now=world.now)
    for other in (f"{BAD}！", "加微信 abc12345"):
        with pytest.raises(Refused, match="MESSAGE_BLOCKED"):
            weigh_message(number, other, internal=False, actor=author, now=world.now)
    with pytest.raises(Refused, match="MESSAGE_BLOCKED"):
        weigh_message(number, BAD, internal=False, actor=person("li", "merchant_operator", author.merchant_id), now=world.now)


def test_a_refused_appeal_leaves_the_words_blocked(world: World) -> None:
    author, row, number = blocked(world)
    appeal_screened(row.pk, "误判", actor=author, now=world.now)
    decide_appeal(row.pk, grant=False, reasons="引导站外联系", actor=person("boss", "operations"), now=world.now)
    row.refresh_from_db()
    assert row.reviewed == "kept"
    with pytest.raises(Refused, match="MESSAGE_BLOCKED"):
        weigh_message(number, BAD, internal=False, actor=author, now=world.now)
    assert refusal_of(appeal_screened, row.pk, "再申诉", actor=author, now=world.now).code == "CONDUCT_APPEALED_ALREADY"


def test_only_its_author_appeals_and_only_somebody_who_has_not_judged_it_decides(world: World) -> None:
    author, row, _ = blocked(world)
    first, second = person("first", "supervisor"), person("second", "supervisor")
    review(row.pk, "kept", actor=first, now=world.now)
    assert refusal_of(appeal_screened, row.pk, "误判", actor=second, now=world.now).code == "NOT_FOUND"
    assert refusal_of(decide_appeal, row.pk, grant=True, reasons="是", actor=second, now=world.now).code == "CONDUCT_APPEAL_NONE"
    appeal_screened(row.pk, "误判", actor=author, now=world.now)
    assert refusal_of(decide_appeal, row.pk, grant=True, reasons="是", actor=first, now=world.now).code == "CONDUCT_JUDGED_BEFORE"
    assert refusal_of(decide_appeal, row.pk, grant=True, reasons=" ", actor=second, now=world.now).code == "CONDUCT_WORDS"
    assert refusal_of(decide_appeal, row.pk, grant=True, reasons="是", actor=author, now=world.now).code == "FORBIDDEN"
    assert Appeal.objects.get().verdict == ""
    assert Screened.objects.get().reviewed == "kept"
    assert list(mine(author)) == [row]
    assert not mine(second).exists()


def test_a_keeper_who_wrote_the_words_does_not_decide_about_them(world: World) -> None:
    number = world.apply(world.order())["number"]
    boss = person("boss", "supervisor")
    with pytest.raises(Refused, match="MESSAGE_BLOCKED"):
        weigh(BAD, actor=boss, subject=number, merchant_id=None, buyer_id=None, now=world.now)
    row = Screened.objects.get()
    appeal_screened(row.pk, "误判", actor=boss, now=world.now)
    assert refusal_of(decide_appeal, row.pk, grant=True, reasons="是", actor=boss, now=world.now).code == "CONDUCT_JUDGED_BEFORE"


@pytest.mark.django_db(transaction=True)
def test_two_judges_at_once_decide_once(world: World) -> None:
    author, row, _ = blocked(world)
    appeal_screened(row.pk, "误判", actor=author, now=world.now)
    judges = [person(f"j{n}", "supervisor") for n in range(4)]

    def go(place: int) -> str:
        try:
            decide_appeal(row.pk, grant=place % 2 == 0, reasons="看过", actor=judges[place], now=world.now)
        except Refused as no:
            return no.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(4) as pool:
        done = sorted(pool.map(go, range(4)))
    assert done == ["CONDUCT_APPEAL_NONE"] * 3 + ["done"]
    assert Event.objects.filter(type="conduct.appeal_decided").count() == 1


def test_what_a_shop_writes_into_a_move_is_held_to_the_rules_and_leaves_a_record(world: World) -> None:
    number = world.apply(world.order(**THIRD), reason="quality", description="不加热")["number"]
    if world.case(number)["status"] == "evidence_asked":
        world.move(number, "send_evidence", actor=world.buyer(), description="见视频")
    shop, before = world.staff("merchant_manager", merchant="m1"), world.case(number)
    wish: dict[str, Any] = {"reason_code": "NO_DEFECT_FOUND", "clause": "RET-07"}
    no = refusal_of(
        make_move, number, "reject", actor=shop, answers={**wish, "note": f"未见故障，{BAD}"}, version=None, now=world.now
    )  # fmt: skip
    assert no.code == "MESSAGE_BLOCKED"
    assert (world.case(number)["status"], world.case(number)["version"]) == (before["status"], before["version"])
    assert Screened.objects.get().subject == number
    answers = {**wish, "note": "检测未见故障，退货仓电话 13900000000。"}
    assert make_move(number, "reject", actor=shop, answers=answers, version=None, now=world.now)["status"] == "rejected"


def test_a_canned_reply_of_a_shop_is_held_to_the_rules(world: World) -> None:
    world.order(**THIRD)
    boss = person("wang", "merchant_manager", world.staff("merchant_manager", merchant="m1").merchant_id)
    words = {"title": "联系", "text_zh": BAD, "text_en": ""}
    assert refusal_of(weigh_reply, **words, actor=boss, now=world.now).code == "MESSAGE_BLOCKED"
    assert Screened.objects.get().subject == "reply:联系"
    assert refusal_of(add_reply, **words, topic="", actor=boss, now=world.now).code == "MESSAGE_BLOCKED"
    assert not CannedReply.objects.exists()
    assert add_reply(title="您好", text_zh="您好，{buyer}，请稍候。", text_en="", topic="", actor=boss, now=world.now)


def test_tone_is_never_punished_by_itself(tmp_path: Any) -> None:
    """CDT-12: no lexicon may know it, no breach is of its kind; a person classifies it after a complaint."""
    newest = max(FOLDER.glob("*.yaml"))
    assert "CDT-12" not in read(newest).codes
    assert not any("CDT-12" in kind for kind in KINDS)
    hostile = tmp_path / "2099.yaml"
    hostile.write_text(newest.read_text().replace("CDT-11:", "CDT-12:", 1).replace("code: CDT-11", "code: CDT-12"), encoding="utf-8")
    assert refusal_of(read, hostile).code == "BAD_LEXICON"
