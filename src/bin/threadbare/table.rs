//! Tables for a terminal: a heading, a thin line, columns that line up, numbers to the right.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, TableStyle, Width};

/// A line under the heading and nothing else.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─'));

/// A space at which no line breaks; it is printed as a space.
const FIRM: char = '\u{a0}';

/// Cells longer than this are sentences: they may break at any space where there is too little room.
const MAX_FIRM: usize = 12;

/// Text that stays on one line: `1.5 s`.
pub fn firm(text: &str) -> String {
    text.replace(' ', &FIRM.to_string())
}

/// How a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words stand at the left.
    Left,
    /// Numbers stand at the right.
    Right,
}

/// A table that is being filled.
#[derive(Clone, Debug, Default)]
pub struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub fn new(columns: &[(&str, Align)]) -> Table {
        let columns = columns.iter().map(|&(name, align)| (name.to_owned(), align)).collect();
        Table { columns, rows: Vec::new() }
    }

    /// Adds a row, a cell a column. Numbers stay on one line with their units; a tab in them is a space at
    /// which a line may break.
    pub fn row(&mut self, cells: Vec<String>) {
        assert_eq!(cells.len(), self.columns.len(), "a cell for each column");
        let kept = |(cell, (_, align)): (String, &(String, Align))| match align {
            Align::Left => cell,
            Align::Right => firm(&cell).replace('\t', " "),
        };
        self.rows.push(cells.into_iter().zip(&self.columns).map(kept).collect());
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Leaves out the columns of this name whose every cell is `empty`.
    pub fn without_empty(mut self, names: &[&str], empty: &str) -> Table {
        let idle = |i: usize| self.rows.iter().all(|row| row[i] == empty);
        let kept: Vec<bool> = (0..self.columns.len())
            .map(|i| !(names.contains(&self.columns[i].0.as_str()) && idle(i)))
            .collect();
        keep(&mut self.columns, &kept);
        for row in &mut self.rows {
            keep(row, &kept);
        }
        self
    }

    /// Leaves out the columns of these names whose cells are all the same, and says which they were: the name and
    /// the cell of each. A table of one row keeps all.
    pub fn without_constant(mut self, names: &[String]) -> (Table, Vec<(String, String)>) {
        let Some(first) = self.rows.first().cloned().filter(|_| self.rows.len() > 1) else {
            return (self, Vec::new());
        };
        let is_constant =
            |i: usize| names.contains(&self.columns[i].0) && self.rows.iter().all(|row| row[i] == first[i]);
        let kept: Vec<bool> = (0..self.columns.len()).map(|i| !is_constant(i)).collect();
        let dropped = (0..kept.len()).filter(|&i| !kept[i]);
        let said = dropped.map(|i| (self.columns[i].0.clone(), first[i].replace(FIRM, " "))).collect();
        keep(&mut self.columns, &kept);
        for row in &mut self.rows {
            keep(row, &kept);
        }
        (self, said)
    }

    /// Columns a line takes if nothing is wrapped.
    pub fn natural_width(&self) -> usize {
        let widest = |i: usize| {
            let cells = self.rows.iter().map(|row| row[i].chars().count());
            cells.chain([self.columns[i].0.chars().count()]).max().unwrap_or(0)
        };
        (0..self.columns.len()).map(|i| widest(i) + 2).sum()
    }

    /// What a column needs so that no word breaks.
    fn longest_word(&self, column: usize) -> u16 {
        let cells = self.rows.iter().map(|row| row[column].as_str());
        let texts = cells.chain([self.columns[column].0.as_str()]);
        let longest = texts.flat_map(|text| text.split(' ')).map(|word| word.chars().count()).max();
        longest.unwrap_or(0).try_into().unwrap_or(u16::MAX)
    }

    /// Columns that a line takes if every cell wraps at its spaces.
    fn least_width(&self) -> usize {
        (0..self.columns.len()).map(|i| usize::from(self.longest_word(i)) + 2).sum()
    }

    /// The same with long cells that may break at every space: it is better to part a number from its unit than a word.
    fn loosened(&self) -> Table {
        let loosen = |cell: &String| match cell.chars().count() > MAX_FIRM {
            true => cell.replace(FIRM, " "),
            false => cell.clone(),
        };
        let rows = self.rows.iter().map(|row| row.iter().map(loosen).collect()).collect();
        Table { columns: self.columns.clone(), rows }
    }

    /// The lines, indented by two and at most `width` wide: cells wrap where there is no room.
    pub fn render(&self, width: usize) -> String {
        if self.least_width() > width { self.loosened().laid_out(width) } else { self.laid_out(width) }
    }

    fn laid_out(&self, width: usize) -> String {
        let mut table = comfy_table::Table::new();
        let fits = self.natural_width() <= width;
        let arrangement = if fits { ContentArrangement::Disabled } else { ContentArrangement::Dynamic };
        table.load_style(STYLE).set_content_arrangement(arrangement);
        table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        table.set_header(self.columns.iter().map(|(name, _)| name));
        table.add_rows(&self.rows);
        let least: Vec<u16> = (0..self.columns.len()).map(|i| self.longest_word(i) + 2).collect();
        let has_room = self.least_width() <= width;
        for (i, (_, align)) in self.columns.iter().enumerate() {
            let column = table.column_mut(i).expect("a column of the table");
            column.set_padding((2, 0));
            if has_room {
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least[i])));
            }
            column.set_cell_alignment(match align {
                Align::Left => CellAlignment::Left,
                Align::Right => CellAlignment::Right,
            });
        }
        let mut text = String::new();
        for (number, line) in table.lines().enumerate() {
            // The line under the heading begins where the words do.
            let is_rule = number > 0 && line.starts_with('─');
            let line = line.replace(FIRM, " ");
            let line = if is_rule { format!("  {}", &line[2 * '─'.len_utf8()..]) } else { line };
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

fn keep<T>(items: &mut Vec<T>, kept: &[bool]) {
    let mut keep = kept.iter();
    items.retain(|_| *keep.next().expect("one for each column"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&[("task", Align::Left), ("held", Align::Right), ("mean", Align::Right)]);
        table.row(vec!["build".into(), "–".into(), "1.5 s".into()]);
        table.row(vec!["net".into(), "–".into(), "12 s".into()]);
        table
    }

    #[test]
    fn numbers_stand_to_the_right_and_idle_columns_go() {
        let text = table().without_empty(&["held"], "–").render(80);
        assert_eq!(text, "  task    mean\n  ────────────\n  build  1.5 s\n  net     12 s\n");
    }

    #[test]
    fn what_is_the_same_in_every_row_can_be_said_once() {
        let (rest, said) = table().without_constant(&["held".to_owned(), "mean".to_owned()]);
        assert_eq!(said, [("held".to_owned(), "–".to_owned())]);
        assert_eq!(rest.render(80), "  task    mean\n  ────────────\n  build  1.5 s\n  net     12 s\n");
    }

    #[test]
    fn words_do_not_break_where_sentences_can() {
        let mut table = Table::new(&[("workers", Align::Right), ("latency p99", Align::Right)]);
        table.row(vec!["1".into(), "says nothing: 1 of 4 finished".into()]);
        assert_eq!(
            table.render(24),
            "  workers    latency p99\n  ──────────────────────\n        1  says nothing:\n                  1 of 4\n                finished\n"
        );
    }

    #[test]
    fn a_narrow_terminal_wraps_cells() {
        let mut table = table();
        table.row(vec!["a name of many words".into(), "–".into(), "1 s".into()]);
        assert!(table.render(30).lines().all(|line| line.chars().count() <= 30));
        assert!(table.natural_width() > 30);
    }
}
