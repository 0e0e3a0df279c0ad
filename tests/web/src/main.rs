//! Drives the built page in headless Chromium: `threadbare-web-test DIST [test PART | shots FOLDER [PART] | measure [million]]`.
//!
//! Invariant: each test has a browser of its own with an empty profile; the page is served from a deep path; one
//! test at a time, so that none takes another's time. A test fails if it says so, takes too long, or leaves an
//! error on the console or a request to anywhere else.

mod answers;
mod axe;
mod browser;
mod change;
mod cursor;
mod designs;
mod editor;
mod film;
mod gallery;
mod gone;
mod large;
mod lessons;
mod measure;
mod newcomer;
mod orders;
mod own;
mod places;
mod pointer;
mod server;
mod share;
mod shots;
mod sizes;

use anyhow::{Context as _, Result, bail, ensure};
use browser::{Driver, Page};
use std::path::PathBuf;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long one test may take, on a machine that is busy with something else.
const MAX_LENGTH: Duration = Duration::from_secs(300);

type Test = for<'a> fn(&'a Page) -> Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// Names a test after its function, without a macro crate.
macro_rules! tests {
    ($($module:ident: $($name:ident),+;)*) => {
        &[$($((concat!(stringify!($module), "::", stringify!($name)), |page| Box::pin($module::$name(page)))),+),*]
    };
}

const TESTS: &[(&str, Test)] = tests! {
    newcomer: sees_it_hang_and_one_slider_makes_it_run, with_the_keyboard_alone, with_less_motion;
    film: the_first_minute, the_first_minute_on_a_phone, the_first_minute_on_a_wall;
    designs: of_other_people_are_judged_at_once;
    editor: completes_explains_and_opens_the_reference;
    own: from_new_to_a_link_with_the_keyboard, nothing_typed_is_lost, a_faulty_text_is_shown_after_a_reload, tabs_and_beats_have_keys, without_arrivals_it_says_what_to_do, play_is_ten_stops_away, what_is_far_is_a_few_stops_away;
    cursor: plays_pauses_and_steps, everything_follows_the_cursor, marks_and_arrows_on_the_timeline;
    change: two_variants_side_by_side, runs_of_different_length, a_mistake_in_the_text_and_its_mending, a_long_text, a_file_is_dropped, a_recording_is_dropped, a_compressed_recording_is_dropped,
        every_change_is_taken_back, the_last_work_survives_a_reload;
    orders: what_can_go_wrong_is_found_and_shown, a_change_does_not_lose_the_order_without_a_word, a_look_at_every_order_is_stopped, on_a_phone_the_verdict_comes_first;
    answers: one_press_fixes_it_and_is_taken_back, another_order_is_taken, a_lost_update_opens_with_its_race, the_shape_says_what_can_hang;
    share: a_link_restores_everything, broken_links_leave_the_page_as_it_was, files_are_saved, a_report_is_that_of_the_command_line;
    pointer: wheel_drag_and_hover, a_range_is_told_beside_it, the_wheel_does_the_same_everywhere, enter_in_the_search_moves_there, two_fingers, search_finds_a_task, search_finds_the_last_of_many, the_graph_lights_the_timeline;
    places: on_a_phone, a_new_size_is_drawn_at_once, dark_as_the_system_asks, a_projector, at_twice_the_size, on_a_very_large_screen, in_forced_colours, columns_are_as_wide_as_one_likes;
    sizes: the_fewest_workers_are_found_and_taken, along_the_chart_with_the_keyboard, two_parameters_and_two_costs,
        a_long_sweep_streams_and_can_be_cancelled, on_a_phone, no_serious_violation;
    large: two_hundred_thousand_tasks_do_not_freeze_the_page, memory_is_given_back_when_a_scenario_is_left;
    lessons: on_a_desk_by_mouse, on_a_desk_with_the_keyboard_in_the_dark, on_a_phone_in_the_dark, on_a_phone_with_the_keyboard,
        on_a_wall_in_the_dark, on_a_wall_with_the_keyboard, a_lesson_is_resumed, a_presenter_has_a_window_of_its_own,
        frames_have_no_header, a_worksheet_is_printed;
    gone: every_variant_has_its_outcome_before_it_is_opened, hidden_is_hidden_everywhere, a_choice_gives_the_keys_back, two_tabs_keep_what_each_has,
        remedies_come_one_by_one, a_heat_map_is_a_press_away, a_phone_scrolls_only_the_page;
    gallery: every_run_is_the_native_one;
    axe: every_screen_on_a_desk, every_screen_on_a_desk_in_the_dark, every_screen_on_a_phone, every_screen_on_a_phone_in_the_dark;
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let usage = "threadbare-web-test DIST [test PART | shots FOLDER [PART] | measure [million]]";
    let dist = PathBuf::from(args.first().context(usage)?);
    ensure!(dist.join("index.html").exists(), "{} holds no page: ./x build makes it", dist.display());
    let strays = server::Strays::default();
    let base = server::serve(dist.clone(), Arc::clone(&strays)).await?;
    let driver = Driver::start().await?;
    let word = args.get(2).map(String::as_str).unwrap_or_default();
    let done = match args.get(1).map(String::as_str) {
        None | Some("test") => all(&driver, &base, &strays, word).await,
        Some("shots") => shots::take(&driver, &base, word, args.get(3).map(String::as_str)).await,
        Some("measure") => measure::measure(&driver, &base, &dist, word).await,
        Some(_) => bail!(usage),
    };
    driver.end().await?;
    done
}

async fn all(driver: &Driver, base: &str, strays: &Mutex<Vec<String>>, part: &str) -> Result<()> {
    let begun = Instant::now();
    let mut failed = Vec::new();
    let wanted = TESTS.iter().filter(|(name, _)| name.contains(part));
    for (name, test) in wanted.clone() {
        let since = Instant::now();
        let outcome = one(driver, base, *test).await;
        let missing = strays.lock().map(|mut strays| std::mem::take(&mut *strays)).unwrap_or_default();
        let outcome = outcome.and_then(|()| {
            ensure!(missing.is_empty(), "asked for what is not there: {missing:?}");
            Ok(())
        });
        let seconds = since.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => println!("test {name} ... ok ({seconds:.1} s)"),
            Err(why) => {
                let why = format!("{why:#}");
                let why = why.split("Stacktrace:").next().unwrap_or_default().trim();
                println!("test {name} ... FAILED ({seconds:.1} s)\n    {why}");
                failed.push(*name);
            }
        }
    }
    println!(
        "{} browser tests, {} failed, in {:.0} s",
        wanted.count(),
        failed.len(),
        begun.elapsed().as_secs_f64()
    );
    ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}

async fn one(driver: &Driver, base: &str, test: Test) -> Result<()> {
    let page = driver.page(base, 1440, 900).await?;
    let outcome = tokio::time::timeout(MAX_LENGTH, test(&page)).await;
    let mishaps = page.mishaps().await;
    page.driver.quit().await?;
    outcome.context("took too long")??;
    let mishaps = mishaps?;
    ensure!(mishaps.is_empty(), "{}", mishaps.join("; "));
    Ok(())
}
