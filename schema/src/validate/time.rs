//! Times as Go reads them, in its words for what is none.

/// Why a text is no time; `None` when it is. `micro` asks for six digits behind the seconds.
pub(super) fn fault(text: &str, micro: bool) -> Option<String> {
    let layout = if micro {
        "2006-01-02T15:04:05.000000Z07:00"
    } else {
        "2006-01-02T15:04:05Z07:00"
    };
    let wrong = match read(text, micro) {
        Ok(()) => return None,
        Err(wrong) => wrong,
    };
    Some(match wrong {
        Wrong::Part { rest, part } => {
            format!("parsing time {text:?} as {layout:?}: cannot parse {rest:?} as {part:?}")
        }
        Wrong::Range(what) => format!("parsing time {text:?}: {what} out of range"),
        Wrong::Extra(rest) => format!("parsing time {text:?}: extra text: {rest:?}"),
    })
}

/// What is wrong with a text.
enum Wrong<'t> {
    /// The rest of it is not begun by this part.
    Part { rest: &'t str, part: &'static str },
    /// A number that is too large.
    Range(&'static str),
    /// There is more.
    Extra(&'t str),
}

fn read(text: &str, micro: bool) -> Result<(), Wrong<'_>> {
    let (year, rest) = number(text, 4, 4, "2006")?;
    let (month, rest) = number(mark(rest, "-")?, 2, 2, "01")?;
    if !(1..=12).contains(&month) {
        return Err(Wrong::Range("month"));
    }
    let (day, rest) = number(mark(rest, "-")?, 2, 2, "02")?;
    let (hour, rest) = number(mark(rest, "T")?, 1, 2, "15")?;
    if hour >= 24 {
        return Err(Wrong::Range("hour"));
    }
    let (minute, rest) = number(mark(rest, ":")?, 2, 2, "04")?;
    if minute >= 60 {
        return Err(Wrong::Range("minute"));
    }
    let (second, rest) = number(mark(rest, ":")?, 2, 2, "05")?;
    if second >= 60 {
        return Err(Wrong::Range("second"));
    }
    let rest = zone(fraction(rest, micro)?)?;
    if !rest.is_empty() {
        return Err(Wrong::Extra(rest));
    }
    if !(1..=days(year, month)).contains(&day) {
        return Err(Wrong::Range("day"));
    }
    Ok(())
}

fn mark<'t>(rest: &'t str, part: &'static str) -> Result<&'t str, Wrong<'t>> {
    rest.strip_prefix(part).ok_or(Wrong::Part { rest, part })
}

/// A number of at least and at most so many digits, and the rest.
fn number<'t>(
    rest: &'t str,
    least: usize,
    most: usize,
    part: &'static str,
) -> Result<(u32, &'t str), Wrong<'t>> {
    let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit);
    let count = digits.count();
    if count < least {
        return Err(Wrong::Part { rest, part });
    }
    let (digits, tail) = rest.split_at(count);
    digits
        .parse()
        .map(|number| (number, tail))
        .map_err(|_| Wrong::Part { rest, part })
}

/// Passes over parts of a second.
fn fraction(rest: &str, micro: bool) -> Result<&str, Wrong<'_>> {
    let behind = rest.strip_prefix(['.', ',']);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    if micro {
        return match behind {
            Some(behind) if digits(behind) >= 6 => Ok(&behind[6..]),
            _ => Err(Wrong::Part {
                rest,
                part: ".000000",
            }),
        };
    }
    Ok(match behind {
        Some(behind) if digits(behind) > 0 => &behind[digits(behind)..],
        _ => rest,
    })
}

fn zone(rest: &str) -> Result<&str, Wrong<'_>> {
    const PART: &str = "Z07:00";
    let wrong = || Wrong::Part { rest, part: PART };
    if let Some(rest) = rest.strip_prefix('Z') {
        return Ok(rest);
    }
    let bytes = rest.as_bytes();
    if bytes.len() < 6 || !matches!(bytes[0], b'+' | b'-') || bytes[3] != b':' {
        return Err(wrong());
    }
    let two = |at: usize| rest.get(at..at + 2)?.parse::<u32>().ok();
    let (hours, minutes) = (two(1).ok_or_else(wrong)?, two(4).ok_or_else(wrong)?);
    if hours > 24 {
        return Err(Wrong::Range("time zone offset hour"));
    }
    if minutes > 60 {
        return Err(Wrong::Range("time zone offset minute"));
    }
    Ok(&rest[6..])
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_what_is_none() {
        let as_layout = r#"as "2006-01-02T15:04:05Z07:00": cannot parse"#;
        for (text, expected) in [
            ("2021-03-04T05:06:07Z", String::new()),
            ("2021-03-04T5:06:07.25+02:00", String::new()),
            ("2024-02-29T00:00:00Z", String::new()),
            ("", format!(r#"parsing time "" {as_layout} "" as "2006""#)),
            (
                "-dash",
                format!(r#"parsing time "-dash" {as_layout} "-dash" as "2006""#),
            ),
            (
                "2021",
                format!(r#"parsing time "2021" {as_layout} "" as "-""#),
            ),
            (
                "2021-03-04 05:06:07Z",
                format!(r#"parsing time "2021-03-04 05:06:07Z" {as_layout} " 05:06:07Z" as "T""#),
            ),
            (
                "2021-03-04T05:06:07",
                format!(r#"parsing time "2021-03-04T05:06:07" {as_layout} "" as "Z07:00""#),
            ),
            (
                "2021-13-04T05:06:07Z",
                r#"parsing time "2021-13-04T05:06:07Z": month out of range"#.to_owned(),
            ),
            (
                "2021-02-29T05:06:07Z",
                r#"parsing time "2021-02-29T05:06:07Z": day out of range"#.to_owned(),
            ),
            (
                "2021-03-04T05:06:07Zx",
                r#"parsing time "2021-03-04T05:06:07Zx": extra text: "x""#.to_owned(),
            ),
        ] {
            assert_eq!(fault(text, false).unwrap_or_default(), expected, "{text}");
        }
        assert_eq!(fault("2021-03-04T05:06:07.000001Z", true), None);
        assert!(fault("2021-03-04T05:06:07Z", true).is_some_and(|why| {
            why.ends_with(r#""2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000""#)
        }));
    }
}
