"""What is given to several actions and checked the same way: a courier, an address, a key."""

from collections.abc import Mapping

from shouhou.foundation.refusals import FieldError, refusal, refused
from shouhou.logistics.models import CarrierSetting
from shouhou.logistics.rules.addresses import kept, wrong_fields
from shouhou.logistics.rules.couriers import Courier, courier

CARRIER_UNKNOWN = refusal(
    "CARRIER_UNKNOWN", "invalid",
    zh="不认识承运商“{carrier}”，请从列表中选择。", en="The courier “{carrier}” is unknown. Choose one from the list.",
)
PICKUP_ADDRESS = refusal(
    "PICKUP_ADDRESS", "invalid",
    zh="取件地址不完整，请补充联系人、电话、地区和详细地址。",
    en="The pickup address is incomplete: name, phone, region and street are needed.",
)
CARRIER_OFF = refusal(
    "CARRIER_OFF", "conflict",
    zh="目前不接受{carrier}的新运单，请换一家快递；已登记的运单不受影响。",
    en="New waybills of {carrier_en} are not taken at present. Use another courier; parcels already registered go on.",
)  # fmt: skip
KEY_REUSED = refusal(
    "PICKUP_KEY_REUSED", "conflict",
    zh="该取件请求编号已用于其他单据。", en="This pickup request key belongs to something else.",
)  # fmt: skip


def known_courier(text: str) -> Courier:
    """By code or name. Raises Refused CARRIER_UNKNOWN."""
    found = courier(text)
    if found is None:
        raise refused(CARRIER_UNKNOWN, carrier=text[:40])
    return found


def open_courier(text: str) -> Courier:
    """One that takes new waybills. Raises Refused CARRIER_UNKNOWN, CARRIER_OFF."""
    found = known_courier(text)
    if CarrierSetting.objects.filter(code=found.code, active=False).exists():
        wrong_one = FieldError("carrier", zh="目前不接受这家快递的新运单", en="not taken at present")
        raise refused(CARRIER_OFF, wrong_one, carrier=found.name.zh, carrier_en=found.name.en)
    return found


def kept_address(address: Mapping[str, object]) -> dict[str, str]:
    """Only what the courier needs. Raises Refused PICKUP_ADDRESS, naming each field that is missing or too long."""
    known = kept(address)
    errors = [wrong(f"address.{name}", f"1–{most}") for name, most in wrong_fields(known).items()]
    if errors:
        raise refused(PICKUP_ADDRESS, *errors)
    return {name: value for name, value in known.items() if value}


def wrong(field: str, allowed: str) -> FieldError:
    return FieldError(field, zh=f"必填，长度或数量 {allowed}", en=f"required, length or number {allowed}")
