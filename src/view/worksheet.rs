//! A lesson on paper: one page of HTML with predictions as blanks, and the answers on a last page if they are wanted.
//!
//! Invariant: whatever a lesson says is text or Markdown without raw HTML; nothing in the page is fetched or run.

use crate::gallery::worksheet::{Answers, Worksheet, WorksheetStep};
use pulldown_cmark::{Event, Parser, html};
use std::fmt::Write;

/// Writes the whole page.
pub fn render(sheet: &Worksheet, answers: Answers) -> String {
    let title = escaped(&sheet.title);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<header>\n<p class=\"name\">Name</p>\n<h1>{title}</h1>\n\
         <p>About {} minutes.</p>\n<ul>\n",
        sheet.minutes
    );
    for goal in &sheet.goals {
        let _ = writeln!(page, "<li>{}</li>", escaped(goal));
    }
    page += "</ul>\n</header>\n<ol>\n";
    for step in &sheet.steps {
        page += &rendered(step);
    }
    page += "</ol>\n";
    if answers == Answers::OnTheLastPage {
        page += "<section class=\"answers\">\n<h2>Answers</h2>\n<ol>\n";
        for step in &sheet.steps {
            let answer = step.answer.as_deref().unwrap_or("\u{2013}");
            let _ = writeln!(page, "<li>{}</li>", escaped(answer));
        }
        page += "</ol>\n</section>\n";
    }
    page += "</body>\n</html>\n";
    page
}

fn rendered(step: &WorksheetStep) -> String {
    let mut text = format!("<li>\n{}", markdown(&step.text));
    if !step.options.is_empty() {
        text += "<ul class=\"options\">\n";
        for option in &step.options {
            let _ = writeln!(text, "<li>{}</li>", escaped(option));
        }
        text += "</ul>\n";
    }
    for line in &step.goal {
        let _ = writeln!(text, "<p class=\"goal\"><code>{}</code></p>", escaped(line));
    }
    if step.is_question && step.options.is_empty() {
        text += "<p class=\"blank\"></p>\n";
    }
    text + "</li>\n"
}

/// Markdown as HTML; raw HTML in it stays text.
fn markdown(text: &str) -> String {
    let events = Parser::new(text).map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        other => other,
    });
    let mut rendered = String::new();
    html::push_html(&mut rendered, events);
    rendered
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const STYLE: &str = "\
body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}\
h1{font-size:1.6rem;line-height:1.2}.name{text-align:right}.name::after{content:'';display:inline-block;\
width:14rem;border-bottom:1px solid #111;margin-left:.5rem}ol>li{margin:1.25rem 0;break-inside:avoid}\
.options{list-style:none;padding:0}.options li{margin:.4rem 0}.options li::before{content:'\\2610\\00a0\\00a0'}\
.blank{border-bottom:1px solid #111;height:2rem;max-width:20rem}.goal{margin:.25rem 0}\
.answers{break-before:page}@media print{body{margin:0;max-width:none}}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        let sheet = Worksheet {
            title: "<script>alert(1)</script>".to_owned(),
            steps: vec![WorksheetStep {
                text: "Look: <img src=x onerror=alert(1)> and **bold**.".to_owned(),
                options: vec!["a < b & c".to_owned()],
                ..WorksheetStep::default()
            }],
            ..Worksheet::default()
        };
        let page = render(&sheet, Answers::OnTheLastPage);
        assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
        assert!(page.contains("<strong>bold</strong>") && page.contains("a &lt; b &amp; c"), "{page}");
    }
}
