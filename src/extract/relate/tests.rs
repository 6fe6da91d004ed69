//! Every rule against sentences of its own.
