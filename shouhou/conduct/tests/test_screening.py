"""Screening merchants' messages: the corpus, disguises, false alarms, registered contacts, pictures, hostile input."""

import io
import time

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from shouhou.conduct.library import codes_in_picture, lexicon
from shouhou.conduct.measure import measure
from shouhou.conduct.rules import screen
from shouhou.conduct.rules.contacts import luhn

SECONDS_MOST = 5.0


def codes(text: str, **facts: object) -> tuple[str, ...]:
    return screen(text, lexicon=lexicon(), **facts).codes  # type: ignore[arg-type]


def test_the_corpus_is_judged_with_hardly_a_miss_or_a_false_alarm() -> None:
    found = measure()
    print({key: found[key] for key in ("version", "messages", "precision", "recall")})
    assert found["messages"] > 200
    assert found["recall"] >= 0.97, found["missed"]
    assert found["precision"] >= 0.97, found["wrong"]


@pytest.mark.parametrize(
    "text", ["138 1234 5678", "１３８１２３４５６７８", "一三八一二三四五六七八", "幺三八一二三四五六七八", "138-1234-5678"]
)
def test_a_telephone_is_seen_through_every_disguise(text: str) -> None:
    assert codes(f"打 {text} 找我") == ("CDT-08",)


def test_a_registered_contact_passes_and_its_neighbour_does_not() -> None:
    registered = ("400-123-4567", "138 1234 5678", "service@shop.example", "help.shop.example", "alin_official")
    for text in (
        "请拨打 4001234567", "打 13812345678", "写信到 service@shop.example", "见 https://help.shop.example/a", "加微信 alin_official",
    ):  # fmt: skip
        assert codes(text, registered=registered) == (), text
    assert codes("请拨打 4001234568", registered=registered) == ("CDT-05",)
    assert codes("打 13812345679", registered=registered) == ("CDT-08",)


def test_the_consumer_may_give_what_he_wants() -> None:
    for text in ("我的邮箱 a@b.cn", "我微信 abc12345", "卡号 6222020200112233446"):
        assert codes(text, sender="consumer") == ()


def test_an_order_number_as_long_as_a_card_passes_and_the_card_does_not() -> None:
    card = "4539578763621486"
    assert luhn(card)
    assert codes(f"您的订单号 {card} 已受理") == ()
    assert codes(f"{card} 是您的运单号") == ()
    assert codes(f"请打款 {card}") == ("CDT-02",)
    assert codes(card) == ("CDT-02",)
    assert codes("4539578763621487 处理完了") == ()


def test_a_hit_stands_where_it_was_written() -> None:
    text = "您好，加 薇 信：ａｂｃ１２３４５ 谢谢"
    found = screen(text, lexicon=lexicon())
    assert found.codes == ("CDT-05",)
    assert all(hit.words == text[hit.start : hit.end] for hit in found.hits)


def test_the_gravest_code_decides() -> None:
    assert screen("别家都是假货", lexicon=lexicon()).verdict == "flag"
    assert screen("别家都是假货，加微信 abc12345", lexicon=lexicon()).verdict == "block"


@pytest.mark.parametrize("change", ["as it is", "turned", "inverted", "small", "in a photo"])
def test_a_code_in_a_picture_is_read(change: str) -> None:
    assert codes_in_picture(_picture("https://bad.example/pay", change)) == ("https://bad.example/pay",)


def test_a_picture_without_a_code_has_none_and_what_is_no_picture_neither() -> None:
    plain = io.BytesIO()
    Image.effect_noise((400, 300), 60).save(plain, "PNG")
    assert codes_in_picture(plain.getvalue()) == ()
    assert codes_in_picture(b"not a picture") == ()
    assert codes_in_picture(b"\x89PNG\r\n\x1a\n" + b"\0" * 40) == ()


def test_a_code_that_leads_to_registered_ground_passes() -> None:
    said = ("https://help.shop.example/",)
    assert screen("[图]", lexicon=lexicon(), picture_codes=said).codes == ("CDT-04",)
    assert screen("[图]", lexicon=lexicon(), picture_codes=said, registered=said).codes == ()


@given(st.text(max_size=300))
def test_whatever_is_written_is_judged(text: str) -> None:
    found = screen(text, lexicon=lexicon())
    assert all(0 <= hit.start < hit.end <= len(text) for hit in found.hits)
    assert found.verdict == ("allow" if not found.hits else found.verdict)


@pytest.mark.parametrize(
    "piece",
    ["1", "1 ", "a.", "a@", "微信", "加", "门店成都", "新品", "a点", "支付宝a", "寄到一二三四五", "加微信支付宝a1b2.c@d "],
)
def test_no_text_makes_it_slow(piece: str) -> None:
    began = time.process_time()
    screen((piece * 20_000)[:20_000], lexicon=lexicon())
    assert time.process_time() - began < SECONDS_MOST


def _picture(said: str, change: str) -> bytes:
    buffer = io.BytesIO()
    segno.make(said, micro=False).save(buffer, kind="png", scale=2 if change == "small" else 6, border=4)
    picture = Image.open(buffer).convert("L")
    if change == "turned":
        picture = picture.rotate(33, expand=True, fillcolor=255)
    elif change == "inverted":
        picture = ImageOps.invert(picture)
    elif change == "in a photo":
        photo = Image.effect_noise((1600, 1200), 40)
        photo.paste(picture.resize((260, 260)), (900, 700))
        picture = photo
    out = io.BytesIO()
    picture.save(out, "JPEG" if change == "in a photo" else "PNG", quality=70)
    return out.getvalue()
