"""Every family of goods that the policy has a word for has an outline of its own, and each outline is drawn."""

from shouhou.policy.vocabulary import vocabulary
from shouhou.web.templatetags.pictures import PICTURES, pictogram


def test_every_family_of_goods_has_its_outline() -> None:
    families = set(vocabulary().facts["category"].values) - {"generic"}
    assert families <= set(PICTURES)
    parcel = pictogram("generic")
    assert parcel == pictogram("something nobody has named") and parcel.startswith("<svg")
    assert all(pictogram(family) != parcel and "style=" not in pictogram(family) for family in PICTURES)
