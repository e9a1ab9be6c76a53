"""What is said about a team: shifts swapped, work checked, certificates lapsed."""

from shouhou.notifications.templates.template import template

TEAM = (
    template(
        "staff_swap_asked",
        ("{person} 请您替班：{day}", "{person} asks you to take a shift: {day}"),
        ("{person} 希望您接替 {day} 的班次。", "{person} would like you to take the shift on {day}."),
        ("原因：{reasons}", "Why: {reasons}"),
        ("请打开换班页面答复。", "Open the page of swaps and answer."),
    ),
    template(
        "staff_swap_ended",
        ("换班结果 {day}：{swapped}", "Your swap of {day}: {swapped}"),
        ("您申请的 {day} 换班{swapped}。", "The swap you asked for on {day}: {swapped}."),
        ("答复：{reasons}", "Answer: {reasons}"),
    ),
    template(
        "staff_check_done",
        ("质检结果 {ref}：{mean} 分", "Quality check of {ref}: {mean}"),
        ("您处理的 {ref} 已质检，平均 {mean} 分（满分 5 分）。", "Your work on {ref} was checked: {mean} of 5 on average."),
        ("打开可以查看各项评分和说明，您可以说明一次。", "Open it for every score and the reasons; you may answer once."),
    ),
    template(
        "staff_training_lapsed",
        ("培训证书已过期：{person}", "A certificate has lapsed: {person}"),
        ("{person} 的“{course}”证书已过期，没有新的合格记录。", "{person}'s certificate of “{course}” has lapsed without a later one."),
        ("需要该证书的工单不再派给此人，请安排培训。", "Cases that need it are no longer given to them. Arrange a training."),
    ),
)  # fmt: skip
