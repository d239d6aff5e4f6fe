"""Conformance packs: AWS's templates of managed rules, read into the form in which an environment declares its own."""
