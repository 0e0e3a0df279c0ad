//! The integration tests, one binary with a file for each behaviour.

mod language_compile;
mod language_edit;
mod language_round_trip;
mod language_schema;
mod language_variants;
mod layers;
