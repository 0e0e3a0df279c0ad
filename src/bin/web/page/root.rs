//! The root of the page: a document or a lesson, whichever the address asks for.

use super::app::App;
use super::learn::lesson_page::LessonPage;
use super::learn::presenter::PresenterPage;
use super::route::{Navigate, Route, use_route};
use yew::{ContextProvider, Html, function_component, html};

/// The whole page.
#[function_component]
pub fn Root() -> Html {
    let (route, navigate) = use_route();
    let shown = match route {
        Route::Document => html! { <App /> },
        Route::Lesson { name, is_teacher } => {
            html! { <LessonPage key={name.clone()} name={name.clone()} {is_teacher} /> }
        }
        Route::Presenter { name, channel } => html! { <PresenterPage {name} {channel} /> },
    };
    html! { <ContextProvider<Navigate> context={navigate}>{ shown }</ContextProvider<Navigate>> }
}
