//! The integration tests, one binary with a file for each behaviour.

mod language_compile;
mod layers;
