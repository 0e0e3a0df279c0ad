//! A line of styled characters.

use anstyle::Style;

/// One line: exactly what stands in each column. Every character is one column wide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    cells: Vec<(char, Style)>,
}

impl Row {
    /// Creates a row of spaces.
    pub fn blank(columns: usize) -> Row {
        Row { cells: vec![(' ', Style::new()); columns] }
    }

    /// How many columns it has.
    #[cfg(test)]
    pub fn columns(&self) -> usize {
        self.cells.len()
    }

    /// Puts one character; nothing outside the row.
    pub fn put(&mut self, column: usize, character: char, style: Style) {
        if let Some(cell) = self.cells.get_mut(column) {
            *cell = (character, style);
        }
    }

    /// Writes text from a column on, cut at the end of the row.
    pub fn write(&mut self, column: usize, text: &str, style: Style) {
        for (i, character) in text.chars().enumerate() {
            self.put(column + i, character, style);
        }
    }

    /// Whether nothing has been put there.
    pub fn is_blank(&self, column: usize) -> bool {
        self.cells.get(column).is_some_and(|(character, _)| *character == ' ')
    }

    /// Writes another row from a column on.
    pub fn place(&mut self, column: usize, other: &Row) {
        for (i, (character, style)) in other.cells.iter().enumerate() {
            self.put(column + i, *character, *style);
        }
    }

    /// Writes what is not blank in another row from a column on.
    pub fn overlay(&mut self, column: usize, other: &Row) {
        for (i, (character, style)) in other.cells.iter().enumerate() {
            if *character != ' ' {
                self.put(column + i, *character, *style);
            }
        }
    }

    /// The characters alone, without trailing spaces.
    #[cfg(test)]
    pub fn plain(&self) -> String {
        let text: String = self.cells.iter().map(|(character, _)| character).collect();
        text.trim_end().to_owned()
    }

    /// With colour codes, without trailing spaces.
    pub fn coloured(&self) -> String {
        let end = self.cells.iter().rposition(|(character, _)| *character != ' ').map_or(0, |at| at + 1);
        let mut text = String::new();
        let mut rest = &self.cells[..end];
        while let Some((_, style)) = rest.first() {
            let run = rest.iter().take_while(|(_, other)| other == style).count();
            text.push_str(&style.render().to_string());
            text.extend(rest[..run].iter().map(|(character, _)| character));
            text.push_str(&style.render_reset().to_string());
            rest = &rest[run..];
        }
        text
    }
}
