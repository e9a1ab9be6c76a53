"""What the consumer is told from application to the review's end."""

from shouhou.notifications.templates.template import template

OUTSIDE_ROUTES = (
    "您也可以：与商家协商和解；拨打 12315 或登录全国 12315 平台投诉；请求消费者协会调解；依仲裁协议申请仲裁；向人民法院起诉。",
    "You may also: settle with the shop; complain to the authority (hotline 12315); ask the consumer association to mediate; "
    "go to arbitration if agreed; go to court.",
)

REVIEW = (
    template(
        "application_received",
        ("已收到您的{service}申请 {number}", "We have your {service} request {number}"),
        ("我们已收到您对“{items}”的{service}申请。", "We have received your {service} request for “{items}”."),
        ("最晚首次响应：{first_response_due}。", "First answer by: {first_response_due}."),
        ("最晚审核完成：{review_due}。", "Review finished by: {review_due}."),
        ("预计退款：{refund}（以验收结果为准）。", "Expected refund: {refund}, subject to inspection."),
        ("您现在无需操作；如需补充说明或凭证，可随时在售后单里上传。",
         "You need not do anything now; you can add words or evidence to the case at any time."),
    ),
    template(
        "approved",
        ("申请已通过，请在{due}前寄回商品", "Approved: please send the goods back by {due}"),
        ("您的{service}申请 {number} 已审核通过。", "Your {service} request {number} has been approved."),
        ("说明：{note}", "Note: {note}"),
        ("附带条件：{conditions}", "Conditions: {conditions}"),
        ("请在{due}前预约上门取件、填写运单号寄回或送到网点；逾期未寄回，申请将失效（期限内可重新申请）。",
         "Book a pickup, send it with a waybill or drop it off by {due}; after that the request lapses (you may apply again in time)."),
        ("寄回地址：{return_address}", "Send to: {return_address}"),
        ("{numbered}有自己的序列号：请先在售后单里确认寄回的是哪一件，再打印退货单。",
         "{numbered}: each has a serial of its own. Confirm in the case which one you send, then print the slip."),
        ("请在包裹内附上退货单号 {number}，并保留寄件凭证。", "Put the number {number} into the parcel and keep the receipt."),
        ("寄回运费：{freight}", "Return freight: {freight}"),
    ),
    template(
        "evidence_asked",
        ("请在{due}前补充凭证", "Please add evidence by {due}"),
        ("审核 {number} 需要您补充：{what}", "To go on with {number} we need from you: {what}"),
        ("请在{due}前在售后单里上传；逾期未补充，申请将失效，期限内可重新开启。",
         "Add it to the case by {due}; after that the request lapses and can be opened again while the window is open."),
    ),
    template(
        "evidence_received",
        ("已收到您补充的材料", "We have what you added"),
        ("售后单 {number} 已重新进入审核，最晚{review_due}前完成。", "Case {number} is under review again, finished by {review_due}."),
        ("您现在无需操作。", "You need not do anything now."),
    ),
    template(
        "rejected",
        ("申请未通过：{ground}", "Not approved: {ground}"),
        ("很抱歉，您的{service}申请 {number} 未通过审核。", "We are sorry: your {service} request {number} was not approved."),
        ("理由：{ground}", "Ground: {ground}"),
        ("依据条款：{clause}", "Clause relied on: {clause}"),
        ("说明：{note}", "Explanation: {note}"),
        ("您可以在{due}前补充材料重新提交，或申请平台介入。",
         "Until {due} you may submit again with more, or ask the platform to step in."),
        OUTSIDE_ROUTES,
    ),
    template(
        "escalated",
        ("您的申请已升级至平台审核", "Your request is now with the platform"),
        ("售后单 {number} 未能按时审核，已由平台主管处理，最晚{due}前给出结果。",
         "Case {number} was not reviewed in time; the platform decides by {due}."),
        ("您现在无需操作。", "You need not do anything now."),
    ),
    template(
        "dispute_opened",
        ("平台已介入，商家须在{due}前答辩", "The platform has stepped in: the seller answers by {due}"),
        ("售后单 {number} 已进入平台介入。商家答辩后由平台裁决，逾期按现有材料裁决；在裁决前不会扣款。",
         "The platform has taken up case {number}. It rules after the seller's answer, or without one by what is there. "
         "Nothing is deducted before."),
        ("如有补充证据，请尽快在售后单里上传。", "Add further evidence to the case soon."),
    ),
    template(
        "ruled",
        ("平台已作出裁决：{said}", "The platform has decided: {said}"),
        ("售后单 {number}：{said}。", "Case {number}: {said}."),
        ("理由：{note}", "Reasons: {note}"),
        ("当前状态：{status}。{hint}", "Now: {status}. {hint}"),
        ("下一步最晚：{due}", "Next step by: {due}"),
        OUTSIDE_ROUTES,
    ),
    template(
        "dispute_evidence_asked",
        ("平台请您在{due}前补充材料", "The platform asks you for more by {due}"),
        ("裁决 {number} 需要您补充：{what}", "To rule on {number} the platform needs from you: {what}"),
        ("逾期未补充，按现有材料裁决。只计受理时段。", "Without it the ruling goes by what is there. Only the desk's hours count."),
    ),
    template(
        "settlement_proposed",
        ("有一份和解方案，请在{due}前答复", "There is a proposal to settle: answer by {due}"),
        ("售后单 {number}：{note}", "Case {number}: {note}"),
        ("同意即按方案办理；不同意或未答复，由平台裁决。", "If you agree it is done so; refused or unanswered, the platform rules."),
    ),
    template(
        "remind_evidence",
        ("提醒：请在{due}前补充凭证", "Reminder: add the evidence by {due}"),
        ("售后单 {number} 仍在等待您补充：{what}", "Case {number} still waits for: {what}"),
        ("{due}后申请将失效。", "After {due} the request lapses."),
    ),
    template(
        "remind_goods",
        ("提醒：请在{due}前寄回商品", "Reminder: send the goods back by {due}"),
        ("售后单 {number} 仍在等待您寄回“{items}”。{due}后申请将失效。",
         "Case {number} still waits for “{items}”. After {due} the request lapses."),
        ("寄回地址：{return_address}", "Send to: {return_address}"),
        ("也可以预约上门取件或送到网点。", "You can also book a pickup or drop it off."),
    ),
    template(
        "reminded",
        ("提醒：{status}，请在{due}前处理", "Reminder: {status}, please act by {due}"),
        ("售后单 {number} 当前状态：{status}。", "Case {number}: {status}."),
        ("{hint}", "{hint}"),
    ),
)  # fmt: skip
