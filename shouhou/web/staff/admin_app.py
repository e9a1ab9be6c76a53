"""Tells Django which admin site is ours; loaded before any model, so it says nothing else."""

from django.contrib.admin.apps import AdminConfig


class HouseAdminConfig(AdminConfig):
    default_site = "shouhou.web.staff.admin_site.HouseAdmin"
