"""Django's own commands (makemigrations, shell …) on this installation's database."""

import os
import sys

from django.core.management import execute_from_command_line

from shouhou.plumbing.embedded import data_folder, database

WITHOUT_DATABASE = {"check", "help", "makemessages", "compilemessages", "collectstatic"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouhou.settings")
    if len(sys.argv) < 2 or sys.argv[1] in WITHOUT_DATABASE:
        execute_from_command_line(sys.argv)
        return
    with database(data_folder()):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
