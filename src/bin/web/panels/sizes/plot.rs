//! A chart that can be pointed at, gone along with the arrow keys, and pressed.
//!
//! One stop of the Tab key: the arrows, Home and End go from mark to mark. What is pointed at or has the focus is
//! told beside it.

use super::super::drawing::use_width;
use super::picture::{
    NearestMarkRule, SweepChart, SweepChartContent, SweepChartMark, path, picture, rect, text,
};
use crate::canvas::size_watch::ResizeWatcher;
use std::rc::Rc;
use threadbare::analysis::swept::Swept;
use threadbare::jobs::sweep::SweepProgress;
use threadbare::view::plot::PlotFrame;
use threadbare::view::scene::{Bounds, Point, TextSize, approximate_width};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, MouseEvent};
use yew::{
    Callback, FocusEvent, Html, NodeRef, PointerEvent, Properties, UseStateHandle, classes,
    function_component, hook, html, use_effect_with, use_memo, use_node_ref, use_state,
};

/// Height of a chart, in pixels; on a wall, where everything is larger, the run has to be seen beside it.
const HEIGHT: f64 = 248.0;
const ON_A_WALL: f64 = 200.0;
/// Height of a row of a heat map, and what is around the rows.
const ROW: f64 = 22.0;
const AROUND: f64 = 72.0;
/// A heat map is no higher than this, and no higher than is seen of it at once, with what stands above and below it.
const MAX_HEIGHT: f64 = 420.0;
const BESIDE_MAP: f64 = 100.0;
/// A point this far from every mark is at none.
const FAR: f64 = 24.0;

/// What the chart shows.
#[derive(Properties)]
pub struct SweepPlotProps {
    /// Results so far.
    pub so_far: Rc<SweepProgress>,
    /// What of them.
    pub what: SweepChartContent,
    /// The cell of the present values.
    pub here: Option<usize>,
    /// Whether dark colours are used.
    pub dark: bool,
    /// How much larger than on a desk it is drawn.
    pub scale: f64,
    /// A cell is pressed.
    pub pick: Callback<usize>,
}

impl PartialEq for SweepPlotProps {
    fn eq(&self, other: &SweepPlotProps) -> bool {
        // The results are the same if they are the same ones: there are many.
        Rc::ptr_eq(&self.so_far, &other.so_far)
            && (self.what, self.here, self.dark) == (other.what, other.here, other.dark)
            && self.scale == other.scale
            && self.pick == other.pick
    }
}

/// The results of a sweep, compared by identity.
struct SharedSweepResults(Rc<SweepProgress>);

impl PartialEq for SharedSweepResults {
    fn eq(&self, other: &SharedSweepResults) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Chart of the sweep.
#[function_component]
pub fn Plot(props: &SweepPlotProps) -> Html {
    let frame_node = use_node_ref();
    let width = use_width(&frame_node) / props.scale;
    let room = use_room(&frame_node) / props.scale;
    let pointed = use_state(|| None::<usize>);
    let stop = use_state(|| None::<usize>);
    let made = use_picture(props, width, room);
    use_sight(
        &frame_node,
        made.as_ref().as_ref().and_then(|_| props.so_far.swept.axes.get(1)).map(|axis| &axis.name),
    );
    let Some(picture) = made.as_ref() else { return html! { <div ref={frame_node} class="plot"></div> } };
    let at =
        |cell: Option<usize>| cell.and_then(|cell| picture.marks.iter().position(|mark| mark.cell == cell));
    let (here, active) = (at(props.here), at(*pointed));
    let tab_stop = at(*stop).or(here).unwrap_or(0);
    let marks = picture.marks.iter().enumerate().map(|(number, mark)| {
        let handlers =
            MarkEventHandlers::new(mark, keys(&made, number, &props.pick), &pointed, &stop, &props.pick);
        mark_button(mark, number, here == Some(number), number == tab_stop, handlers)
    });
    let point = {
        let (made, pointed, scale) = (Rc::clone(&made), pointed.clone(), props.scale);
        Callback::from(move |event: PointerEvent| {
            let found = made.as_ref().as_ref().and_then(|picture| nearest(picture, place(&event, scale)));
            if *pointed != found {
                pointed.set(found);
            }
        })
    };
    let leave = {
        let pointed = pointed.clone();
        Callback::from(move |_: PointerEvent| pointed.set(None))
    };
    let press = {
        let (made, pick, scale) = (Rc::clone(&made), props.pick.clone(), props.scale);
        Callback::from(move |event: MouseEvent| {
            let found = made.as_ref().as_ref().and_then(|picture| nearest(picture, place(&event, scale)));
            found.into_iter().for_each(|cell| pick.emit(cell));
        })
    };
    let height = picture.height;
    let size = |pixels: f64| format!("{:.0}", pixels * props.scale);
    let over = active.map(|at| card(&picture.marks[at], picture, width));
    html! {
        <div ref={frame_node} class="plot">
            <svg width={size(width)} height={size(height)} viewBox={format!("0 0 {width:.0} {height:.0}")} role="group"
                aria-label={picture.about.clone()} onpointermove={point} onpointerleave={leave} onclick={press}>
                { for picture.drawn.iter().cloned() }
                { here.map(|at| present(&picture.marks[at], picture)).unwrap_or_default() }
                <g>{ for marks }</g>
                <g>{ for picture.front.iter().cloned() }</g>
                { over.unwrap_or_default() }
            </svg>
        </div>
    }
}

/// The height of the part of the page that the chart scrolls in, in pixels.
#[hook]
fn use_room(node: &NodeRef) -> f64 {
    let height = use_state(|| 0.0);
    let (node, set) = (node.clone(), height.setter());
    use_effect_with((), move |()| {
        let part = node
            .cast::<HtmlElement>()
            .and_then(|plot| plot.closest(".picture").ok()??.dyn_into::<HtmlElement>().ok());
        let look = {
            let part = part.clone();
            move || set.set(part.as_ref().map_or(0.0, |part| f64::from(part.client_height())))
        };
        let watch = ResizeWatcher::new(part.as_ref(), look);
        move || drop(watch)
    });
    *height
}

/// What is drawn in this much room; made again only if something of it changes.
#[hook]
fn use_picture(props: &SweepPlotProps, width: f64, room: f64) -> Rc<Option<SweepChart>> {
    let deps = (
        SharedSweepResults(Rc::clone(&props.so_far)),
        props.what,
        props.dark,
        (width as u32, room as u32),
        props.scale > 1.0,
    );
    use_memo(deps, |(SharedSweepResults(so_far), what, dark, (width, room), is_wall)| {
        let swept = &so_far.swept;
        let height = height(swept, *what, *is_wall, f64::from(*room));
        let frame = PlotFrame::page(f64::from(*width), height, &measure);
        (*width > 80).then(|| picture(swept, *what, *dark, &frame)).flatten()
    })
}

/// Brings a heat map into sight once it is there: all of it is seen only when the fields above it are scrolled away.
#[hook]
fn use_sight(node: &NodeRef, second: Option<&String>) {
    let node = node.clone();
    use_effect_with(second.cloned(), move |second| {
        let body = node.cast::<HtmlElement>().filter(|_| second.is_some());
        if let Some(body) = body.and_then(|plot| plot.closest(".sizes-body").ok().flatten()) {
            body.scroll_into_view();
        }
    });
}

/// How high the chart is drawn: a heat map by its rows, as far as they are seen at once.
fn height(swept: &Swept, what: SweepChartContent, is_wall: bool, room: f64) -> f64 {
    let rows = swept.axes.get(1).map_or(0, |axis| axis.values.len());
    let usual = if is_wall { ON_A_WALL } else { HEIGHT };
    if rows > 0 && matches!(what, SweepChartContent::Quantity(_)) {
        let most = if is_wall { usual } else { MAX_HEIGHT.min((room - BESIDE_MAP).max(usual)) };
        (AROUND + ROW * rows as f64).clamp(usual * 0.6, most)
    } else {
        usual
    }
}

/// What happens when a mark has the focus, loses it, or is pressed.
struct MarkEventHandlers {
    focus: Callback<FocusEvent>,
    blur: Callback<FocusEvent>,
    keys: Callback<KeyboardEvent>,
    press: Callback<MouseEvent>,
}

impl MarkEventHandlers {
    fn new(
        mark: &SweepChartMark,
        keys: Callback<KeyboardEvent>,
        pointed: &UseStateHandle<Option<usize>>,
        stop: &UseStateHandle<Option<usize>>,
        pick: &Callback<usize>,
    ) -> MarkEventHandlers {
        let focus = {
            let (pointed, stop, cell) = (pointed.clone(), stop.clone(), mark.cell);
            Callback::from(move |_: FocusEvent| {
                pointed.set(Some(cell));
                stop.set(Some(cell));
            })
        };
        let blur = {
            let pointed = pointed.clone();
            Callback::from(move |_: FocusEvent| pointed.set(None))
        };
        let press = {
            let (pick, cell) = (pick.clone(), mark.cell);
            Callback::from(move |event: MouseEvent| {
                event.stop_propagation();
                pick.emit(cell);
            })
        };
        MarkEventHandlers { focus, blur, keys, press }
    }
}

fn mark_button(
    mark: &SweepChartMark,
    number: usize,
    is_here: bool,
    is_tab_stop: bool,
    handlers: MarkEventHandlers,
) -> Html {
    let MarkEventHandlers { focus, blur, keys, press } = handlers;
    let class = classes!("mark", is_here.then_some("here"));
    let current = is_here.then_some("true");
    html! {
        <g key={mark.cell} {class} id={id(number)} role="button" tabindex={if is_tab_stop { "0" } else { "-1" }}
            aria-label={mark.says.replace('\n', ", ")} aria-current={current} onfocus={focus} onblur={blur}
            onkeydown={keys} onclick={press}>
            { mark.drawn.clone() }
        </g>
    }
}

/// The width of a label: the style sheet sets charts a little larger than [`TextSize::Small`].
fn measure(text: &str, face: TextSize) -> f64 {
    approximate_width(text, face) * 12.0 / face.size()
}

fn id(number: usize) -> String {
    format!("plot-mark-{number}")
}

/// Where in the picture.
fn place(event: &MouseEvent, scale: f64) -> Point {
    Point { x: f64::from(event.offset_x()) / scale, y: f64::from(event.offset_y()) / scale }
}

/// The cell of the mark that is pointed at.
fn nearest(picture: &SweepChart, place: Point) -> Option<usize> {
    let far = |mark: &SweepChartMark| match picture.near {
        NearestMarkRule::Column => (mark.at.x - place.x).abs(),
        NearestMarkRule::Distance => (mark.at.x - place.x).hypot(mark.at.y - place.y),
        NearestMarkRule::Inside if mark.room.contains(place) => 0.0,
        NearestMarkRule::Inside => f64::INFINITY,
    };
    let nearest = picture.marks.iter().min_by(|a, b| far(a).total_cmp(&far(b)))?;
    let is_near = match picture.near {
        NearestMarkRule::Column => mark_rows(nearest).contains(&place.y) && far(nearest) <= 2.0 * FAR,
        NearestMarkRule::Distance | NearestMarkRule::Inside => far(nearest) <= FAR,
    };
    is_near.then_some(nearest.cell)
}

fn mark_rows(mark: &SweepChartMark) -> std::ops::RangeInclusive<f64> {
    mark.room.y..=mark.room.bottom()
}

/// The arrow keys go along the marks; Enter and Space press one.
fn keys(made: &Rc<Option<SweepChart>>, number: usize, pick: &Callback<usize>) -> Callback<KeyboardEvent> {
    let (made, pick) = (Rc::clone(made), pick.clone());
    Callback::from(move |event: KeyboardEvent| {
        let Some(picture) = made.as_ref() else { return };
        let last = picture.marks.len().saturating_sub(1);
        // Up and down a heat map is a row.
        let middle = picture.marks[number].at.y;
        let columns = match picture.near {
            NearestMarkRule::Inside => picture.marks.iter().filter(|mark| mark.at.y == middle).count(),
            NearestMarkRule::Column | NearestMarkRule::Distance => 1,
        };
        let to = match event.key().as_str() {
            "ArrowRight" => (number + 1).min(last),
            "ArrowLeft" => number.saturating_sub(1),
            "ArrowUp" => (number + columns).min(last),
            "ArrowDown" => number.saturating_sub(columns),
            "Home" => 0,
            "End" => last,
            "Enter" | " " => {
                event.prevent_default();
                event.stop_propagation();
                return pick.emit(picture.marks[number].cell);
            }
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        let document = web_sys::window().and_then(|window| window.document());
        if let Some(mark) = document.and_then(|document| document.get_element_by_id(&id(to))) {
            // What can be focused of HTML can be of SVG.
            let _ = mark.unchecked_into::<HtmlElement>().focus();
        }
    })
}

/// Where the present values are.
fn present(mark: &SweepChartMark, picture: &SweepChart) -> Html {
    match picture.near {
        NearestMarkRule::Column => {
            let (x, top, foot) = (mark.at.x, mark.room.y, mark.room.bottom());
            path("now", &format!("M{x:.1} {top:.1}V{foot:.1}"))
        }
        NearestMarkRule::Distance | NearestMarkRule::Inside => html! {},
    }
}

/// What is known of a mark, beside it.
fn card(mark: &SweepChartMark, picture: &SweepChart, width: f64) -> Html {
    const LINE: f64 = 17.0;
    const PAD: f64 = 8.0;
    let lines: Vec<&str> = mark.says.lines().collect();
    let widest = lines.iter().map(|line| measure(line, TextSize::Title)).fold(0.0, f64::max);
    let (wide, tall) = (widest + 2.0 * PAD, lines.len() as f64 * LINE + PAD);
    let right = mark.at.x + 14.0;
    let x = if right + wide <= width { right } else { (mark.at.x - 14.0 - wide).max(0.0) };
    let y = (mark.at.y - tall / 2.0).clamp(0.0, (picture.height - tall).max(0.0));
    let texts = lines.iter().enumerate().map(|(at, line)| {
        let class = if at == 0 { "strong" } else { "" };
        text(class, x + PAD, y + PAD / 2.0 + LINE * (at as f64 + 0.5), line)
    });
    html! { <g class="tip" aria-hidden="true">{ rect("tip-box", Bounds::new(x, y, wide, tall)) }{ for texts }</g> }
}
