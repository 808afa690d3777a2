//! The recordings: what a real control plane did, a text for each scenario (`recorded/`), and the
//! lines in which the sandbox still differs from it (`differs/`, no file where it does not).

use std::path::PathBuf;

fn path(folder: &str, name: &str) -> PathBuf {
    let home = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/behaviour");
    PathBuf::from(home).join(folder).join(format!("{name}.txt"))
}

/// The recording of a scenario; empty where there is none.
pub(super) fn read(name: &str) -> String {
    std::fs::read_to_string(path("recorded", name)).unwrap_or_default()
}

/// Records a scenario.
pub(super) fn write(name: &str, told: &str) {
    std::fs::write(path("recorded", name), told).expect("the recordings can be written");
}

/// The section of a step.
pub(super) fn section<'a>(recording: &'a str, title: &str) -> Option<&'a str> {
    let start = recording.find(&format!("## {title}\n"))?;
    let rest = &recording[start..];
    let end = rest[3..].find("\n## ").map_or(rest.len(), |end| end + 4);
    Some(&rest[..end])
}

/// What is known to differ on the sandbox; empty where nothing does.
pub(super) fn known_differences(name: &str) -> String {
    std::fs::read_to_string(path("differs", name)).unwrap_or_default()
}

/// Notes what differs on the sandbox.
pub(super) fn note_differences(name: &str, differences: &str) {
    let path = path("differs", name);
    if differences.is_empty() {
        let _ = std::fs::remove_file(path);
    } else {
        let folder = path.parent().expect("it lies in its folder");
        std::fs::create_dir_all(folder).expect("the folder can be made");
        std::fs::write(path, differences).expect("the differences can be written");
    }
}

/// The lines in which two texts differ, each below the step it belongs to; empty where none do.
pub(super) fn difference(recorded: &str, seen: &str) -> String {
    let mut out = String::new();
    let diff = similar::TextDiff::from_lines(recorded, seen);
    let (mut step, mut object) = (String::new(), String::new());
    for change in diff.iter_all_changes() {
        let line = change.value().trim_end();
        let heading = match line {
            line if line.starts_with("## ") => &mut step,
            line if !line.starts_with(' ') => &mut object,
            _ => &mut String::new(),
        };
        let sign = match change.tag() {
            similar::ChangeTag::Equal => {
                line.clone_into(heading);
                continue;
            }
            similar::ChangeTag::Delete => '-',
            similar::ChangeTag::Insert => '+',
        };
        for heading in [&mut step, &mut object] {
            if !heading.is_empty() {
                out.push_str(heading);
                out.push('\n');
                heading.clear();
            }
        }
        if !line.is_empty() {
            out.push(sign);
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}
