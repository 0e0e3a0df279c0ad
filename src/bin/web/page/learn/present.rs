//! The class's end of presenting: opens the presenter's window, tells it where the lesson is, and does what it says.

use super::channel::{LessonPosition, PresenterChannel, PresenterMessage};
use super::shared::SendLesson;
use crate::page::route::Route;
use crate::store::lesson::{LessonAction, LessonState};
use crate::store::{Action, UserNotice};
use std::rc::Rc;
use yew::{Callback, hook, use_callback, use_effect_with, use_memo, use_mut_ref};

/// What opens the presenter's window; `None` in a student's version.
#[hook]
pub fn use_presenter(state: &Rc<LessonState>, is_teacher: bool, send: &SendLesson) -> Option<Callback<()>> {
    // Two windows with lessons are two lines.
    let name = use_memo((), |()| format!("{}", (js_sys::Math::random() * 1e12) as u64));
    let channel = use_mut_ref(|| None::<PresenterChannel>);
    let shown = use_mut_ref(|| position(state));
    shown.replace(position(state));
    {
        let (channel, shown, send) = (Rc::clone(&channel), Rc::clone(&shown), send.clone());
        use_effect_with((is_teacher, Rc::clone(&name)), move |(is_teacher, name)| {
            let end = Rc::clone(&channel);
            let hear = move |message| match message {
                PresenterMessage::Hello => send_position(&end.borrow(), shown.borrow().clone()),
                PresenterMessage::Turn(by) => send.emit(LessonAction::Turn(by)),
                PresenterMessage::Shows(_) => {}
            };
            *channel.borrow_mut() = is_teacher.then(|| PresenterChannel::open(name, hear)).flatten();
            move || drop(channel.take())
        });
    }
    {
        let channel = Rc::clone(&channel);
        use_effect_with(position(state), move |position| send_position(&channel.borrow(), position.clone()));
    }
    let open = {
        let send = send.clone();
        use_callback((state.lesson.name.clone(), name), move |(): (), (lesson, name)| {
            let route = Route::Presenter { name: lesson.clone(), channel: (**name).clone() };
            let window = web_sys::window();
            let target = format!("threadbare-{name}");
            let opened = window.and_then(|window| {
                let features = "width=900,height=700";
                window
                    .open_with_url_and_target_and_features(&route.address(), &target, features)
                    .ok()
                    .flatten()
            });
            if opened.is_none() {
                let text = "The browser does not let the page open a window. Allow it for this page, then press P again.";
                let notice = UserNotice { text: text.to_owned(), is_trouble: true };
                send.emit(LessonAction::Stage(Action::Notice(Some(notice))));
            }
        })
    };
    is_teacher.then_some(open)
}

fn position(state: &LessonState) -> LessonPosition {
    LessonPosition { step: state.step, reply: state.mark.as_ref().map(|mark| mark.reply.clone()) }
}

fn send_position(channel: &Option<PresenterChannel>, position: LessonPosition) {
    if let Some(channel) = channel {
        channel.say(&PresenterMessage::Shows(position));
    }
}
