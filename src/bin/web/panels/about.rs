//! What a scenario teaches: its Markdown as elements of the page, never as HTML.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use yew::{Html, Properties, function_component, html};

/// What the panel shows.
#[derive(Properties, PartialEq)]
pub struct ScenarioAboutProps {
    /// The document's title.
    pub title: String,
    /// Text in Markdown.
    pub text: String,
}

/// What the scenario says about itself.
#[function_component]
pub fn About(props: &ScenarioAboutProps) -> Html {
    let body = if props.text.trim().is_empty() {
        html! { <p class="empty">{ "This scenario says nothing about itself. Give its text an about = \"…\"." }</p> }
    } else {
        markdown(&props.text)
    };
    html! { <div class="about"><h2>{ &props.title }</h2>{ body }</div> }
}

/// An open element and its content so far.
struct OpenHtmlElement {
    tag: Option<TagEnd>,
    inside: Vec<Html>,
}

/// Paragraphs, headings, lists, tables, emphasis and code; everything else is shown as its text.
pub fn markdown(text: &str) -> Html {
    let mut open = vec![OpenHtmlElement { tag: None, inside: Vec::new() }];
    let put = |open: &mut Vec<OpenHtmlElement>, piece: Html| {
        if let Some(last) = open.last_mut() {
            last.inside.push(piece);
        }
    };
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(tag) => open.push(OpenHtmlElement { tag: Some(end_of(&tag)), inside: Vec::new() }),
            Event::End(_) => {
                let Some(done) = open.pop() else { continue };
                let element = element(done);
                put(&mut open, element);
            }
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                put(&mut open, html! { <>{ text.to_string() }</> })
            }
            Event::Code(code) => put(&mut open, html! { <code>{ code.to_string() }</code> }),
            Event::SoftBreak | Event::HardBreak => put(&mut open, html! { <>{ " " }</> }),
            Event::Rule
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }
    open.into_iter().flat_map(|open| open.inside).collect()
}

fn end_of(tag: &Tag<'_>) -> TagEnd {
    tag.to_end()
}

fn element(open: OpenHtmlElement) -> Html {
    let inside: Html = open.inside.into_iter().collect();
    match open.tag {
        Some(TagEnd::Paragraph) => html! { <p>{ inside }</p> },
        Some(TagEnd::Heading(_)) => html! { <h3>{ inside }</h3> },
        Some(TagEnd::List(true)) => html! { <ol>{ inside }</ol> },
        Some(TagEnd::List(false)) => html! { <ul>{ inside }</ul> },
        Some(TagEnd::Item) => html! { <li>{ inside }</li> },
        Some(TagEnd::Strong) => html! { <strong>{ inside }</strong> },
        Some(TagEnd::Emphasis) => html! { <em>{ inside }</em> },
        Some(TagEnd::CodeBlock) => html! { <pre><code>{ inside }</code></pre> },
        Some(TagEnd::Table) => html! { <table>{ inside }</table> },
        Some(TagEnd::TableHead) => html! { <thead><tr>{ inside }</tr></thead> },
        Some(TagEnd::TableRow) => html! { <tr>{ inside }</tr> },
        Some(TagEnd::TableCell) => html! { <td>{ inside }</td> },
        Some(TagEnd::BlockQuote(_)) => html! { <blockquote>{ inside }</blockquote> },
        // A link's text, without the link: the page leads nowhere else.
        Some(_) | None => inside,
    }
}
