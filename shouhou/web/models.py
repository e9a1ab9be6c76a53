"""What the pages keep for people: half-filled applications, saved views of a list, the counter somebody works at."""

from django.db import models

from shouhou.accounts.models import Buyer, User
from shouhou.orders.models import Order


class Draft(models.Model):
    """A half-filled application: the form's fields as they stood; one per buyer and order. Gone once it is sent."""

    id = models.BigAutoField(primary_key=True)
    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE)
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    fields = models.JSONField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["buyer", "order"], name="draft_once")]


class SavedView(models.Model):
    """A list's filters under a name: `query` is the address's query string, `page` which list it belongs to."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    page = models.CharField(max_length=40, db_collation="C")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=1000)
    position = models.IntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_once")]


class HomePoint(models.Model):
    """The counter that somebody works at: theirs on every device from the moment they sign in."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True)
    point = models.CharField(max_length=24, db_collation="C")
    kept_at = models.DateTimeField()
