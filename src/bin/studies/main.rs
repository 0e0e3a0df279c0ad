//! The page's worker for everything but a run: it explores, advises, sweeps, imports, reports and grades.
//!
//! It is a program of its own, which a browser fetches after the page's first picture: the page need not hold what
//! only its workers do.

#[path = "../web/page/worker.rs"]
mod worker;

fn main() {
    console_error_panic_hook::set_once();
    worker::begin(threadbare::jobs::execute);
}
