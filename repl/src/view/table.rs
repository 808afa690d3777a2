//! Rows under a heading, as wide as the terminal at most.

use crate::ui::Look;
use unicode_width::UnicodeWidthStr;

/// The space between two columns.
const GAP: usize = 2;

/// The narrowest that a column is made to fit the others.
const LEAST: usize = 8;

/// Rows under a heading. What does not fit is cut, the widest columns first; columns that have no
/// room at all are left out, the last ones first.
pub(crate) fn table(look: Look, heading: &[String], rows: &[Vec<String>]) -> String {
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let widths = cells.chain(heading.get(column)).map(|cell| cell.width());
        widths.max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..heading.len()).map(widest).collect();
    fit(&mut widths, look.width);
    let line = |cells: &[String]| {
        let cells = widths.iter().zip(cells);
        let text: Vec<String> = cells.map(|(width, cell)| padded(cell, *width)).collect();
        text.join(&" ".repeat(GAP)).trim_end().to_owned()
    };
    let mut text = String::new();
    if heading.iter().any(|name| !name.is_empty()) {
        text = format!("{}\n", look.dim(&line(heading)));
    }
    for row in rows {
        text.push_str(&line(row));
        text.push('\n');
    }
    text
}

/// Makes columns narrower until they fit.
fn fit(widths: &mut Vec<usize>, room: usize) {
    let taken =
        |widths: &[usize]| widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    while taken(widths) > room {
        let over = taken(widths) - room;
        let Some(widest) = (0..widths.len()).max_by_key(|column| widths[*column]) else {
            return;
        };
        if widths[widest] <= LEAST {
            if widths.len() == 1 {
                return;
            }
            widths.pop();
            continue;
        }
        // Down to the next widest, so that several share what is missing.
        let others = widths.iter().filter(|width| **width < widths[widest]);
        let next = others.max().copied().unwrap_or(0).max(LEAST);
        let cut = (widths[widest] - next).clamp(1, over);
        widths[widest] -= cut;
    }
}

/// A cell of a width, cut where it is wider.
fn padded(cell: &str, width: usize) -> String {
    let cell = cut(cell, width);
    let missing = width.saturating_sub(cell.width());
    format!("{cell}{}", " ".repeat(missing))
}

/// A text on one line, with an ellipsis where it is too long.
pub(crate) fn cut(text: &str, width: usize) -> String {
    let text = text.lines().collect::<Vec<_>>().join(" ");
    if text.width() <= width {
        return text;
    }
    let mut cut = String::new();
    for letter in text.chars() {
        let longer = format!("{cut}{letter}");
        if longer.width() + 1 > width {
            break;
        }
        cut = longer;
    }
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(width: usize, rows: &[&[&str]]) -> String {
        let look = Look {
            terminal: false,
            color: false,
            width,
        };
        let mut rows = rows.iter().map(|row| {
            let cells = row.iter().map(|cell| (*cell).to_owned());
            cells.collect::<Vec<_>>()
        });
        let heading = rows.next().unwrap_or_default();
        table(look, &heading, &rows.collect::<Vec<_>>())
    }

    #[test]
    fn what_fits_stands_as_it_is() {
        assert_eq!(
            drawn(40, &[&["name", "n"], &["web", "3"], &["ümläut", "10"]]),
            "name    n\nweb     3\nümläut  10\n"
        );
    }

    #[test]
    fn the_widest_column_is_cut_first() {
        assert_eq!(
            drawn(
                20,
                &[&["name", "image"], &["web", "registry.example/web:1"]]
            ),
            "name  image\nweb   registry.exam…\n"
        );
    }

    #[test]
    fn a_column_without_room_is_left_out() {
        let wide = "0123456789";
        assert_eq!(
            drawn(18, &[&["a", "b", "c"], &[wide, wide, wide]]),
            "a         b\n0123456…  0123456…\n"
        );
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let cells = ["a", "a longer text", "日本語のテキスト", "x\ny"];
        for width in 8..60 {
            for line in drawn(width, &[&cells, &cells]).lines() {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
    }
}
