"""`python -m glassworks.cli`: the command line without its installed script."""

from glassworks.cli.main import main

main()
