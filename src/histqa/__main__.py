"""``python -m histqa`` is the command line."""

from histqa.frontends.cli import main

raise SystemExit(main())
