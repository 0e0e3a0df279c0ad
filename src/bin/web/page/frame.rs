//! The one owner of the animation frame: whatever wants to happen once a picture asks here.
//!
//! Invariant: at most one frame is asked of the browser; of two wishes under one name the later holds.
//! Nothing here runs while nothing moves.

use gloo_render::{AnimationFrame, request_animation_frame};
use std::cell::RefCell;
use std::rc::Rc;

type FrameCallback = Box<dyn FnOnce(f64)>;

/// Paints what was shown last again, and where that is kept: for when only its size is another. The components' own
/// turn may come a picture later.
pub type Repaint = Rc<RefCell<Option<Rc<dyn Fn()>>>>;

#[derive(Default)]
struct AnimationFrameQueue {
    wishes: Vec<(&'static str, FrameCallback)>,
    /// What has been done since the last frame.
    done: Vec<&'static str>,
    asked: Option<AnimationFrame>,
}

thread_local! {
    static FRAMES: RefCell<AnimationFrameQueue> = RefCell::default();
}

/// Does something once, with the next picture. It is given the browser's time in milliseconds.
pub fn once(name: &'static str, wish: impl FnOnce(f64) + 'static) {
    FRAMES.with_borrow_mut(|frames| {
        frames.wishes.retain(|(other, _)| *other != name);
        frames.wishes.push((name, Box::new(wish)));
        frames.ask();
    });
}

/// Does something now, unless it was done since the last frame: then with the next one. So what a frame
/// causes is seen in that frame, and what comes faster than frames costs no more than one of them.
pub fn soon(name: &'static str, wish: impl FnOnce() + 'static) {
    let is_first = FRAMES.with_borrow_mut(|frames| {
        let is_first = !frames.done.contains(&name);
        if is_first {
            frames.done.push(name);
            frames.ask();
        }
        is_first
    });
    if is_first {
        wish();
    } else {
        once(name, move |_| wish());
    }
}

/// Paints again at once, whatever was done since the last frame, in place of any wish under the name. For what the
/// browser asks for at most once a frame, between the frame's callbacks and its picture: a new size. With the next
/// frame it would come one picture late.
pub fn repaint(name: &'static str, latest: &Repaint) {
    let Some(paint) = latest.borrow().clone() else { return };
    FRAMES.with_borrow_mut(|frames| {
        frames.wishes.retain(|(other, _)| *other != name);
        if !frames.done.contains(&name) {
            frames.done.push(name);
            frames.ask();
        }
    });
    paint();
}

impl AnimationFrameQueue {
    fn ask(&mut self) {
        if self.asked.is_none() {
            self.asked = Some(request_animation_frame(draw));
        }
    }
}

fn draw(time: f64) {
    // The borrow ends before the wishes run: each may make another wish.
    let wishes = FRAMES.with_borrow_mut(|frames| {
        frames.asked = None;
        frames.done.clear();
        std::mem::take(&mut frames.wishes)
    });
    for (_, wish) in wishes {
        wish(time);
    }
}
