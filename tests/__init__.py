"""The suite, as a package: one of the clients that it tries out brings a `tests`, which would be found first."""
