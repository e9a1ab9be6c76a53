"""Tasks beside a case's own turn, where staff see them: in the queue, on the case, on the shop's day; and the page as sold."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from tests.stories.test_as_sold import LAPTOP, NOT_AS_DESCRIBED
from tests.stories.test_contact import TOLD, applied
from tests.stories.test_refund_only import FISH
from tests.world import THIRD, World


def test_a_contact_task_stands_in_the_queue_and_on_the_case_until_the_solution_is_told(world: World, staff: Callable[..., Client]) -> None:
    number, client = applied(world, {}, "return"), staff("agent")
    queue, case = f"{reverse('web:queue')}?task=open", reverse("web:staff_case", args=[number])
    move = reverse("web:staff_move", args=[number, "tell_solution"])
    assert number in client.get(queue).content.decode()
    shown = client.get(case).content.decode()
    assert "task-list" in shown and move in shown
    form = client.get(move).content.decode()
    assert "联系到谁" in form and "告知消费者的解决方案" in form
    world.move(number, "tell_solution", actor=world.staff("agent"), **TOLD)
    assert number not in client.get(queue).content.decode()
    assert "task-list" not in client.get(case).content.decode()


def test_the_shops_day_counts_its_tasks(world: World, staff: Callable[..., Client]) -> None:
    applied(world, THIRD, "return")
    html = staff("merchant_manager", "m1").get(reverse("web:merchant")).content.decode()
    assert "待联系与协调" in html and "task=open" in html


def test_the_page_as_sold_stands_beside_the_complaint_for_both_sides(
    world: World, buyer: Callable[..., Client], staff: Callable[..., Client]
) -> None:
    number = world.apply(world.order(**LAPTOP), **NOT_AS_DESCRIBED)["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="截图")
    world.move(number, "compare_page", actor=world.staff("reviewer"), spec="内存", found="8 GB")
    for html in (
        staff("reviewer").get(reverse("web:staff_case", args=[number])).content.decode(),
        buyer().get(reverse("web:case", args=[number])).content.decode(),
    ):
        assert "下单时的页面" in html and "16 GB" in html and "实物不符" in html and "8 GB" in html
        assert 'href="https://shop.example/p/1.jpg"' in html


def test_the_spoiled_share_is_asked_of_fresh_goods_only_with_the_books_own_table(world: World, buyer: Callable[..., Client]) -> None:
    client = buyer()

    def asked(order: str) -> str:
        return client.get(reverse("web:apply", args=[order]) + "?service=refund_only&line=1&q1=1").content.decode()

    fresh = asked(world.order(**FISH))
    assert "坏损比例" in fresh and "不超过 30% 退 30%" in fresh and "更多的退 100%" in fresh
    assert "坏损比例" not in asked(world.order())
