"""What is said of a conversation that nobody has read."""

from shouhou.notifications.templates.template import template

TALK = (
    template(
        "talk_unread",
        ("客服回复了您的咨询：{title}", "Your question was answered: {title}"),
        ("{text}", "{text}"),
        ("打开会话可以查看全部内容并继续提问。", "Open the talk to read everything and to ask on."),
        ("会话编号：{talk}", "Talk {talk}"),
    ),
    template(
        "staff_talk_unread",
        ("消费者等待回复已超过 {minutes} 分钟：{title}", "A buyer has waited for {minutes} minutes: {title}"),
        ("{text}", "{text}"),
        ("请打开会话接待，或转给能处理的同事。", "Open the talk and answer, or hand it over to whoever can."),
        ("会话编号：{talk}", "Talk {talk}"),
    ),
)  # fmt: skip
