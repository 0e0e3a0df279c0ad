//! Pictures and the lines they become.

use super::draw::{CanvasSize, draw};
use super::picture::{EventMark, Lane, Level, Span, SpanStyle, TimelineMark, TimelinePicture, Tone, Track};
use threadbare::model::time::{SECOND, Time};

const ROOM: CanvasSize = CanvasSize { width: 60, lanes: 4 };

fn at(seconds: f64) -> Time {
    Time((seconds * SECOND as f64) as u64)
}

fn span(from: f64, to: f64, look: SpanStyle, labels: &[&str]) -> Span {
    Span {
        from: at(from),
        to: at(to),
        look,
        labels: labels.iter().map(|&l| l.to_owned()).collect(),
        initial: labels.first().and_then(|l| l.chars().next()).unwrap_or('t'),
        hue: 0,
    }
}

fn lane(name: &str, spans: Vec<Span>) -> Lane {
    Lane { name: name.to_owned(), spans, points: Vec::new() }
}

/// One track of five seconds.
fn picture(lanes: Vec<Lane>) -> TimelinePicture {
    let track = Track { title: "default".into(), note: "2 workers".into(), lanes, levels: Vec::new() };
    TimelinePicture { end: at(5.0), tracks: vec![track], ..TimelinePicture::default() }
}

fn lines(picture: &TimelinePicture) -> Vec<String> {
    let rows = draw(picture, ROOM);
    assert!(rows.iter().all(|row| row.columns() <= ROOM.width));
    rows.iter().map(|row| row.plain()).collect()
}

#[test]
fn spans_carry_their_names_without_colour() {
    let names = &["build#0", "build", "b"];
    let worker = lane(
        "worker 0",
        vec![
            span(0.0, 2.0, SpanStyle::Running, names),
            span(2.0, 4.0, SpanStyle::Waiting, &["waits for net"]),
            span(4.0, 4.4, SpanStyle::Io, names),
        ],
    );
    let mut picture = picture(vec![worker]);
    picture.end = at(4.9);
    assert_eq!(
        lines(&picture),
        [
            "           0 s       1 s       2 s       3 s       4 s",
            "           ┬─────────┬─────────┬─────────┬─────────┬────────",
            "default  2 workers",
            "  worker 0 █build#0████████████░ waits for net ░░░░▓b▓▓",
            "  ██ running   ▓▓ in I/O   ░░ waiting",
        ]
    );
}

#[test]
fn a_short_span_among_idle_time_is_still_seen() {
    let worker = lane("0", vec![span(1.0, 1.001, SpanStyle::Running, &["build#0", "b"])]);
    let drawn = lines(&picture(vec![worker]));
    assert_eq!(drawn[3].chars().filter(|&c| c == 'b').count(), 1, "{drawn:?}");
}

#[test]
fn a_crowd_of_short_spans_shows_how_busy_the_worker_is() {
    let half_busy = (0..5_000).map(|i| {
        let from = f64::from(i) * 0.001;
        span(from, from + 0.0005, SpanStyle::Running, &["t"])
    });
    let drawn = lines(&picture(vec![lane("0", half_busy.collect())]));
    let inside: Vec<char> = drawn[3].chars().skip(4).collect();
    assert!(inside.iter().all(|c| ['▄', '▅'].contains(c)), "{drawn:?}");
}

#[test]
fn many_lanes_are_folded() {
    let lanes =
        (0..10).map(|i| lane(&i.to_string(), vec![span(0.0, 5.0, SpanStyle::Running, &[])])).collect();
    let drawn = lines(&picture(lanes));
    assert!(drawn[3].starts_with("  0"));
    assert!(drawn[5].starts_with("  2"));
    assert!(drawn[6].starts_with("  … 7 more █████"), "{drawn:?}");
    assert_eq!(drawn.len(), 8);
}

#[test]
fn a_deadlock_is_marked_where_it_forms_and_runs_to_the_edge() {
    let worker = lane(
        "0",
        vec![
            span(0.0, 3.0, SpanStyle::Running, &["build#0"]),
            Span { to: Time::NEVER, ..span(3.0, 4.0, SpanStyle::Deadlocked, &["waits for net"]) },
        ],
    );
    let mut picture = picture(vec![worker, lane("1", Vec::new())]);
    picture.end = at(5.6); // 56 columns
    picture.marks = vec![TimelineMark { at: at(3.0), text: "deadlock".into(), tone: Tone::Deadlock }];
    let drawn = lines(&picture);
    let column = |line: &str, wanted: char| line.chars().position(|c| c == wanted);
    let forms = column(&drawn[2], '▼');
    assert!(drawn[2].ends_with("▼ deadlock"));
    assert_eq!(column(&drawn[4], '▒'), forms);
    assert!(drawn[4].ends_with("▒▒▒▒"));
    assert_eq!(column(&drawn[5], '┊'), forms);
}

#[test]
fn a_mark_at_the_right_edge_has_its_word_before_it() {
    let mut picture = picture(Vec::new());
    picture.marks = vec![TimelineMark { at: at(5.0), text: "stopped".into(), tone: Tone::Stall }];
    assert!(lines(&picture)[2].ends_with("stopped ▼"));
}

#[test]
fn levels_rise_with_their_count_and_show_refusals() {
    let mut picture = picture(Vec::new());
    picture.tracks[0].levels = vec![Level {
        name: "waiting".into(),
        steps: vec![(at(1.0), 1), (at(2.0), 8), (at(3.0), 8), (at(3.0), 0)],
        points: vec![(at(4.0), EventMark::Refused), (at(4.0), EventMark::Cancelled)],
    }];
    let queue = lines(&picture)[3].clone();
    assert!(queue.starts_with("  waiting           "), "{queue}");
    assert_eq!(queue.chars().filter(|&c| c == '▁').count(), 10, "{queue}");
    assert_eq!(queue.chars().filter(|&c| c == '█').count(), 10, "{queue}");
    assert!(queue.ends_with('✗'));
}

#[test]
fn long_names_are_cut_and_nothing_is_wider_than_the_room() {
    let name = "a-very-long-executor-name-indeed";
    let worker = lane(name, vec![span(0.0, 5.0, SpanStyle::Stalled, &[name])]);
    let mut picture = picture(vec![worker]);
    picture.tracks[0].title = name.repeat(5);
    picture.marks =
        (0..9).map(|_| TimelineMark { at: at(1.0), text: name.repeat(3), tone: Tone::Deadlock }).collect();
    let drawn = draw(&picture, CanvasSize { width: 40, lanes: 4 });
    assert!(drawn.iter().all(|row| row.plain().chars().count() <= 40));
    assert!(drawn.iter().any(|row| row.plain().contains("… 5 more")));
}

#[test]
fn colour_changes_no_character() {
    let worker = lane(
        "0",
        vec![span(0.0, 3.0, SpanStyle::Running, &["build#0"]), span(3.0, 4.0, SpanStyle::Waiting, &[])],
    );
    for row in draw(&picture(vec![worker]), ROOM) {
        let coloured = anstream::adapter::strip_str(&row.coloured()).to_string();
        assert_eq!(coloured, row.plain());
    }
}
