"""What holds for every book: the oracle, worked examples, identities, mutations, same bytes."""
