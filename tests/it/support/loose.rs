//! How what the command shows on a real cluster is compared with a snapshot, which a sandbox wrote:
//! what time, concurrency and chance decide there is no difference.

use insta::{Comparator, Snapshot};
use similar::TextDiff;

/// Compares so in this test from now on.
pub(super) fn compare() {
    let mut settings = insta::Settings::clone_current();
    settings.set_comparator(Box::new(Loose));
    // What it compares is often shown when the place is gone already.
    std::mem::forget(settings.bind_to_scope());
}

struct Loose;

impl Comparator for Loose {
    fn matches(&self, reference: &Snapshot, test: &Snapshot) -> bool {
        let text = |snapshot: &Snapshot| {
            let contents = snapshot.contents().as_text();
            loosened(&contents.map(ToString::to_string).unwrap_or_default())
        };
        let (reference, test) = (text(reference), text(test));
        let diff = TextDiff::from_lines(&reference, &test);
        assert!(
            reference == test,
            "what differs when time, chance and order are left aside:\n{}",
            diff.unified_diff()
        );
        true
    }

    fn dyn_clone(&self) -> Box<dyn Comparator> {
        Box::new(Self)
    }
}

/// Lines of progress whose order concurrency decides.
const PROGRESS: [&str; 7] = [
    "created ",
    "updated ",
    "replaced ",
    "deleted ",
    "not ready ",
    "failed ",
    "skipped ",
];

/// A text without what a real cluster decides.
fn loosened(text: &str) -> String {
    let mut lines = Vec::new();
    let mut unordered = Vec::new();
    for line in text.lines() {
        // What is seen on the way depends on when one looks; what is ready within a second is not told.
        if line.starts_with("waiting ") || is_ready(line) || is_watched(line) || is_due(line) {
            continue;
        }
        let line = masked(&moment(&schedule(&cluster(line))));
        // Events of the same second have no order either.
        let event = line.trim_start().starts_with("event: ");
        if event || PROGRESS.iter().any(|word| line.starts_with(word)) {
            unordered.push(line);
            continue;
        }
        unordered.sort();
        lines.append(&mut unordered);
        lines.push(line);
    }
    unordered.sort();
    lines.append(&mut unordered);
    lines.push(String::new());
    lines.join("\n")
}

/// `shop on CLUSTER, namespace shop`.
fn cluster(line: &str) -> String {
    let head = line.split_once(" on ");
    let parts = head.and_then(|(name, rest)| Some((name, rest.split_once(", namespace ")?.1)));
    match parts {
        Some((name, namespace)) if !name.contains(' ') => {
            format!("{name} on CLUSTER, namespace {namespace}")
        }
        _ => line.to_owned(),
    }
}

/// `ready deployment/app after 2s`.
fn is_ready(line: &str) -> bool {
    line.strip_prefix("ready ")
        .is_some_and(|rest| rest.contains(" after "))
}

/// `job/fail in shop: 0 of 1 pods have succeeded`: what a procedure waits for, as it goes on.
fn is_watched(line: &str) -> bool {
    let mut words = line.split(' ');
    words.next().is_some_and(|word| word.contains('/'))
        && words.next() == Some("in")
        && words.next().is_some_and(|word| word.ends_with(':'))
}

/// ``cronjob/sync  scheduled `*/5 * * * *` ``: a test on a real clock may see it come due.
fn schedule(line: &str) -> String {
    let parts = line.split_once("  scheduled `");
    let parts = parts.and_then(|(name, rest)| Some((name, rest.split_once('`')?.0)));
    match parts {
        Some((name, schedule)) => format!("{name}  scheduled `{schedule}`"),
        None => line.to_owned(),
    }
}

/// What is noted of a cron job that came due, until the job it made is done.
fn is_due(line: &str) -> bool {
    line.trim_start() == "note: its last run has not succeeded"
}

/// States that a pod goes to and fro between: which of the two is seen depends on the moment.
const ALTERNATING: [(&str, &str); 2] = [
    ("ErrImagePull", "ImagePullBackOff"),
    ("Error", "CrashLoopBackOff"),
];

/// `pod/app-x is Error (2 restarts)`, as it is a moment later.
fn moment(line: &str) -> String {
    if !line.trim_start().starts_with("pod/") {
        return line.to_owned();
    }
    ALTERNATING
        .iter()
        .fold(line.to_owned(), |line, (first, then)| {
            line.replacen(&format!(" is {first}"), &format!(" is {then}"), 1)
        })
}

/// A line whose words are masked, and whose columns are as narrow as they can be.
fn masked(line: &str) -> String {
    let mut shown = String::new();
    let indent = line.len() - line.trim_start().len();
    shown.push_str(&line[..indent]);
    let mut word = String::new();
    // The word before, while nothing but a space has come after it.
    let mut before = String::new();
    let mut spaces = 0;
    for letter in line[indent..].chars().chain(['\n']) {
        if letter.is_ascii_alphanumeric() || "-.:".contains(letter) {
            shown.push_str(
                [" ", "  "][usize::from(spaces > 1)]
                    .repeat(usize::from(spaces > 0))
                    .as_str(),
            );
            spaces = 0;
            word.push(letter);
            continue;
        }
        if !word.is_empty() {
            shown.push_str(&mask(&word, &before));
            before = std::mem::take(&mut word);
        }
        if letter != ' ' {
            before.clear();
        }
        if letter == ' ' {
            spaces += 1;
        } else {
            shown.push_str(
                [" ", "  "][usize::from(spaces > 1)]
                    .repeat(usize::from(spaces > 0))
                    .as_str(),
            );
            spaces = 0;
            shown.push(letter);
        }
    }
    shown.trim_end().to_owned()
}

/// A word, or what kind of word it is. `before` is the word before it.
fn mask(word: &str, before: &str) -> String {
    let bare = word.trim_end_matches([':', '.']);
    let end = &word[bare.len()..];
    let kind = if is_duration(bare) && TIMES.contains(&before) {
        "TIME".to_owned()
    } else if bare.parse::<std::net::Ipv4Addr>().is_ok() {
        "ADDRESS".to_owned()
    } else if let Some(start) = bare
        .len()
        .checked_sub(36)
        .filter(|start| is_uid(&bare[*start..]))
    {
        format!("{}UID", &bare[..start])
    } else {
        without_suffix(bare)
    };
    format!("{kind}{end}")
}

/// What stands before the time that something took. Others are no result of chance: quantities (`500m`
/// of CPU), and times that the test itself says.
const TIMES: [&str; 1] = ["after"];

/// `40s`, `1m32s`.
fn is_duration(word: &str) -> bool {
    let mut digits = 0;
    let mut units = 0;
    for letter in word.chars() {
        match letter {
            '0'..='9' => digits += 1,
            'h' | 'm' | 's' if digits > 0 => (digits, units) = (0, units + 1),
            _ => return false,
        }
    }
    units > 0 && digits == 0
}

fn is_uid(word: &str) -> bool {
    word.len() == 36
        && word.char_indices().all(|(index, letter)| match index {
            8 | 13 | 18 | 23 => letter == '-',
            _ => letter.is_ascii_hexdigit(),
        })
}

/// A name without what a controller appended: the hash of a template (the digits of a number of 32
/// bits, so mostly ten, at times few), five random letters; both of an alphabet without vowels.
fn without_suffix(word: &str) -> String {
    let generated = |part: &str| {
        part.chars()
            .all(|letter| "bcdfghjklmnpqrstvwxz2456789".contains(letter))
    };
    let Some((name, random)) = word.rsplit_once('-') else {
        return word.to_owned();
    };
    if random.len() != 5 || !generated(random) {
        return word.to_owned();
    }
    let name = match name.rsplit_once('-') {
        Some((name, hash)) if (1..=10).contains(&hash.len()) && generated(hash) => name,
        _ => name,
    };
    format!("{name}-HASH")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_real_cluster_decides_is_left_aside() {
        for (shown, loose) in [
            (
                "shop on sandbox default, namespace shop",
                "shop on CLUSTER, namespace shop",
            ),
            (
                "shop on control-plane (https://127.0.0.1:6443), namespace shop",
                "shop on CLUSTER, namespace shop",
            ),
            (
                "shop is ready after 1m32s: 2 created",
                "shop is ready after TIME: 2 created",
            ),
            (
                "0 of 1 pods are ready, not ready within 20s",
                "0 of 1 pods are ready, not ready within 20s",
            ),
            (
                "  pod/app-55cfff7bf7-mpfht is Error (2 restarts)",
                "  pod/app-HASH is CrashLoopBackOff (2 restarts)",
            ),
            (
                "  pod/app-c4c997d-pttr6 is Running",
                "  pod/app-HASH is Running",
            ),
            (
                "  pod/app-9d4-pttr6 is Running",
                "  pod/app-HASH is Running",
            ),
            (
                "  pod/app-55cfff7bf7-mpfht is ErrImagePull",
                "  pod/app-HASH is ImagePullBackOff",
            ),
            (
                "requested: requests.cpu=500m, limits.cpu 500m",
                "requested: requests.cpu=500m, limits.cpu 500m",
            ),
            (
                "  at deployment/app → pod/app-55cfff7bf7-mpfht → container `app`",
                "  at deployment/app → pod/app-HASH → container `app`",
            ),
            ("job/fail-tbvzq in shop runs", "job/fail-HASH in shop runs"),
            (
                "pod app-54d4c9bc9-mpfht_shop(c3b7f4e8-0f55-4dda-b080-fc47b8815a2d)",
                "pod app-HASH_shop(UID)",
            ),
            (
                "  ready       persistentvolumeclaim/uploads-pvc         is bound to volume `pvc-2c0e0fed-be22-48a8-b1c2-b1b3a652ddaf` of 50Gi",
                "  ready  persistentvolumeclaim/uploads-pvc  is bound to volume `pvc-UID` of 50Gi",
            ),
            (
                "  ready       service/app-service  at 10.96.0.12",
                "  ready  service/app-service  at ADDRESS",
            ),
            (
                "  ready       cronjob/sync   scheduled `*/5 * * * *`, started at 2026-01-01T02:00:00Z",
                "  ready  cronjob/sync  scheduled `*/5 * * * *`",
            ),
            (
                "    = help: at redis-store and 3 of 5",
                "    = help: at redis-store and 3 of 5",
            ),
        ] {
            assert_eq!(loosened(shown), format!("{loose}\n"));
        }
    }

    #[test]
    fn events_of_the_same_second_have_no_order() {
        let text = "at a\n  event: b: 1\n  event: a: 2\n  hint: c\n  event: d\n";
        assert_eq!(
            loosened(text),
            "at a\n  event: a: 2\n  event: b: 1\n  hint: c\n  event: d\n"
        );
    }

    #[test]
    fn the_order_of_progress_is_left_aside_and_the_lines_are_not() {
        let text = "--- stderr\ncreated b\nwaiting b: 0 of 1\ncreated a\nready b after 2s\njob/fail in shop: 0 of 1\njob/fail in shop runs\nerror: x\nat y\n";
        assert_eq!(
            loosened(text),
            "--- stderr\ncreated a\ncreated b\njob/fail in shop runs\nerror: x\nat y\n"
        );
    }
}
