//! The page's store, tested without a page: the module knows nothing of one.

#[path = "../../src/bin/web/store/mod.rs"]
#[allow(dead_code, reason = "the page uses what the tests do not")]
mod store;
