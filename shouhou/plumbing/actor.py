"""Who acts: one value through every door."""

from dataclasses import dataclass, replace

from shouhou.foundation.workflow import Who

GUESTS_OF = ":order:"


@dataclass(frozen=True, slots=True)
class Actor:
    """`role` decides what is allowed, `who` is the person or client ("user:7", "key:3", "buyer:12", "clock").

    `merchant_id` scopes merchant roles to one shop, `buyer_id` a consumer to one buyer; both None means the whole house.
    `order_id` narrows a guest, who proved one order only, to that order and its cases. `on_behalf_of` names the buyer
    an agent acts for ("buyer:12"). `insurer` narrows an insurance company's people and keys to its own policies and claims.
    """

    role: Who
    who: str
    merchant_id: int | None = None
    buyer_id: int | None = None
    on_behalf_of: str | None = None
    name: str = ""
    order_id: int | None = None
    insurer: str | None = None

    @property
    def uploads_as(self) -> str:
        """Whose a file becomes: a guest's is that of their one order, not of the buyer in all their orders."""
        return self.who if self.order_id is None else f"{self.who}{GUESTS_OF}{self.order_id}"

    def acting_for(self, buyer_id: int) -> "Actor":
        return replace(self, on_behalf_of=f"buyer:{buyer_id}")


SYSTEM = Actor(role="system", who="clock", name="系统")
