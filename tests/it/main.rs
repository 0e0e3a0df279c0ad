//! The integration tests, one binary with a file for each behaviour.

mod bad_input;
mod cli;
mod cli_export;
mod cli_gallery;
mod cli_readme;
mod cli_run;
mod conformance;
mod language_compile;
mod language_edit;
mod language_round_trip;
mod language_schema;
mod language_variants;
mod layers;
mod runs;
mod trace_analysis;
mod verdicts;
mod view_cursor;
mod view_timeline;
mod web_store;
mod web_styles;

mod cells;
mod documents;
mod futures;
mod ledger;
mod order;
mod properties;
mod steps;
mod support;
