"""Orders over HTTP: in, again, in bulk, and what they entitle to."""

import orjson

from shouhou.api.tests.conftest import Api, body, order_body


def test_an_order_is_created_then_unchanged_then_updated(api: Api) -> None:
    sent = order_body()
    first = api.put("orders/JD1", sent)
    assert (first.status_code, body(first)["result"], body(first)["version"]) == (201, "created", 1)
    again = api.put("orders/JD1", sent)
    assert (again.status_code, body(again)["result"], body(again)["version"]) == (200, "unchanged", 1)
    sent["lines"][0]["title"] = "新手机"
    changed = api.put("orders/JD1", sent)
    assert (changed.status_code, body(changed)["result"], body(changed)["version"]) == (200, "updated", 2)


def test_a_stale_if_match_changes_nothing(api: Api) -> None:
    sent = order_body()
    api.put("orders/JD1", sent)
    sent["lines"][0]["title"] = "新手机"
    response = api.put("orders/JD1", sent, headers={"if-match": '"7"'})
    assert (response.status_code, body(response)["code"]) == (409, "OVERTAKEN")
    assert body(api.get("orders/JD1"))["lines"][0]["title"] == "手机"


def test_bulk_answers_every_line_and_a_bad_one_hurts_no_other(api: Api) -> None:
    good = [orjson.dumps({"number": f"B{place}", **order_body()}) for place in range(3)]
    raw = b"\n".join([good[0], b"{nonsense", good[1], b'{"number":"B9"}', good[2], b""])
    response = api.post("orders/bulk", raw=raw, content_type="application/x-ndjson", headers={"accept-language": "en"})
    assert response.status_code == 200
    lines = [orjson.loads(line) for line in response.content.splitlines()]
    assert [(line["line"], line["result"]) for line in lines] == [
        (1, "created"), (2, "refused"), (3, "created"), (4, "refused"), (5, "created"),
    ]  # fmt: skip
    assert lines[1]["code"] == "MALFORMED_ORDER"
    assert lines[3]["errors"][0]["field"] in {"buyer", "merchant", "placed_at", "lines"}
    assert body(api.get("orders/B2"))["number"] == "B2"


def test_an_overlong_line_is_refused_alone(api: Api) -> None:
    long = b'{"number":"L1","title":"' + b"x" * 1_200_000 + b'"}'
    raw = b"\n".join([long, orjson.dumps({"number": "L2", **order_body()})])
    response = api.post("orders/bulk", raw=raw, content_type="application/x-ndjson")
    lines = [orjson.loads(line) for line in response.content.splitlines()]
    assert [(line["line"], line["result"]) for line in lines] == [(1, "refused"), (2, "created")]


def test_entitlements_say_what_each_line_allows_and_why(api: Api) -> None:
    number = api.order()
    response = api.get(f"orders/{number}/entitlements?reason=no_reason")
    assert response.status_code == 200, response.content
    line = body(response)["lines"][0]
    assert line["line"] == 1
    assert "return" in str(line)


def test_a_strangers_order_does_not_exist(api: Api) -> None:
    number = api.order()
    for role in ("stranger_shop", "stranger_buyer", "merchant_manager"):
        for path in (f"orders/{number}", f"orders/{number}/entitlements"):
            response = api.get(path, role=role)
            assert response.status_code == 404, (role, path)
    assert api.get(f"orders/{number}", role="consumer").status_code == 200
