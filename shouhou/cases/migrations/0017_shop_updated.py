"""A shop's month is found among its own cases, whatever the others have."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0016_on_top_counted")]
    operations: ClassVar = [migrations.AddIndex("case", models.Index(fields=["merchant", "updated_at"], name="case_shop_updated"))]
