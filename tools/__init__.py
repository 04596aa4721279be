"""What keeps the repository true: lints, generated references, set-up scripts. Not part of the product."""
