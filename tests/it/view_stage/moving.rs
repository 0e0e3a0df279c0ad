//! What moves between two pictures of the stage, and what stands still.

use super::Shown;
use threadbare::model::id::ExecutorId;
use threadbare::model::time::Time;
use threadbare::view::scene::approximate_width;
use threadbare::view::stage::{self, StageLayout, StageSelection, TokenMotion};

#[test]
fn tokens_go_along_with_a_room_that_moves() {
    // A room grows with what has no row in it, and pushes the one below down.
    let shown = Shown::of(
        "executors.e0 = { kind = \"dynamic\", workers = 1 }\n\
         executors.e1 = { kind = \"cap\", into = \"e0\", caps = { a = 1 } }\n\
         executors.e2 = { kind = \"threads\", workers = 2 }\n\
         executors.e3 = { kind = \"cap\", into = \"e2\", caps = { b = 2 } }\n\
         tasks.a.steps = [\"run 1s\"]\ntasks.b.steps = [\"run 9s\"]\n\
         arrivals = [{ task = \"b\", to = \"e3\", at = \"0s\", count = 2 },\n\
         { task = \"a\", to = \"e1\", at = \"1s\", count = 6 },\n\
         { task = \"a\", to = \"e1\", rate = \"1/s\", until = \"4s\" }]\n",
    );
    let placed_after = |count: u32| {
        let (_, stage) = shown.stage(count);
        let placed = shown.placed(&stage, 380.0, 640.0);
        (stage, placed)
    };
    let top = |placed: &StageLayout| placed.room(ExecutorId(2)).expect("its room").at.y;
    let after_all_are_seated = shown.digest.trace().count_until(Time(0)) as u32;
    let counts = after_all_are_seated..shown.digest.trace().len() as u32;
    let moves = |count: &u32| top(&placed_after(*count).1) != top(&placed_after(count + 1).1);
    let count =
        counts.filter(|count| placed_after(*count).0.tokens.len() > 1).find(moves).expect("it is pushed");
    let ((before, first), (after, second)) = (placed_after(count), placed_after(count + 1));
    let mut motion = TokenMotion::default();
    motion.update(&shown.digest, &before, &first, 0.0);
    motion.update(&shown.digest, &after, &second, 1_000.0);
    let focus = StageSelection::default();
    let drawn = |motion| {
        let scene = stage::scene(&shown.digest, &after, &second, &focus, motion, &approximate_width);
        let names = scene.labels().filter(|label| label.text.starts_with("b #"));
        names.map(|label| (label.text.clone(), label.at.x, label.at.y)).collect::<Vec<_>>()
    };
    assert_eq!(drawn(Some((&motion, 1_000.0))), drawn(None), "those in it stand in their rows at once");
}
