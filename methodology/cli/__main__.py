"""`python -m methodology.cli` is `workbench`."""

from methodology.cli import main

if __name__ == "__main__":
    main()
