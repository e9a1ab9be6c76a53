"""What the consumer is told when a pickup or a parcel does not go as planned, and when a lost one turns up."""

from shouhou.notifications.templates.template import DELAY, template

TRAVEL = (
    template(
        "pickup_suspended",
        ("上门取件顺延：{cause}", "Your pickup is put off: {cause}"),
        ("原定{window}的上门取件因{cause}无法进行，{first_day}至{last_day}快递暂停上门。",
         "The pickup of {window} cannot be made ({cause}): no couriers come from {first_day} to {last_day}."),
        ("说明：{remark}", "Note: {remark}"),
        ("这不是您的责任，寄回期限相应顺延。您可以等待恢复上门，也可以取消取件，改约其他时间或自行寄回。",
         "This is not your doing: the time to send the goods back runs longer. Wait until couriers come again, or cancel the "
         "pickup and book another time or send the goods yourself."),
        ("取件单号：{pickup}", "Pickup {pickup}"),
    ),
    template(
        "parcel_trouble",
        ("包裹运输异常：{trouble}", "Trouble with a parcel: {trouble}"),
        ("{carrier} {tracking_number}：{why}。", "{carrier} {tracking_number}: {why}."),
        ("{advice}", "{advice}"),
        *DELAY,
    ),
    template(
        "parcel_found",
        ("仓库找到了您寄回的包裹", "We found the parcel you sent"),
        ("一个未写明单号的包裹经核对属于售后单 {number}。", "A parcel without a number turned out to belong to case {number}."),
        ("运单号：{waybill}", "Waybill {waybill}"),
        ("接下来开箱登记并验收，您无需操作。", "It is unpacked and inspected next; you need not do anything."),
    ),
)  # fmt: skip
