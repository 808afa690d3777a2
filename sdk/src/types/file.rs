//! Paths and modes of files in a container.

use super::Invalid;
use std::{fmt, str::FromStr};

text_type! {
    /// Where a volume is mounted in a container: an absolute path.
    MountPath, "a path", is_mount_path,
    "an absolute path without `:`, such as `/var/lib/data`"
}

fn is_mount_path(text: &str) -> bool {
    text.starts_with('/') && !text.contains(':') && !text.split('/').any(|part| part == "..")
}

/// The permissions of a file, read from octal digits (`0400`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileMode(i32);

impl FileMode {
    /// The mode as Kubernetes takes it: a plain number (`0400` is 256).
    pub fn get(self) -> i32 {
        self.0
    }
}

impl FromStr for FileMode {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        i32::from_str_radix(text, 8)
            .ok()
            .filter(|mode| (0..=0o777).contains(mode) && text.len() >= 3)
            .map(Self)
            .ok_or_else(|| {
                Invalid::new(
                    "a file mode",
                    text,
                    "three octal digits after an optional zero, such as `0400`",
                )
            })
    }
}

from_text!(FileMode);

impl fmt::Display for FileMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_and_paths() {
        for (text, expected) in [
            ("0400", Some(256)),
            ("644", Some(420)),
            ("0888", None),
            ("1777", None),
            ("7", None),
        ] {
            assert_eq!(
                FileMode::try_from(text).ok().map(FileMode::get),
                expected,
                "{text}"
            );
        }
        for (text, ok) in [
            ("/data", true),
            ("/", true),
            ("data", false),
            ("/a:b", false),
            ("/a/../b", false),
        ] {
            assert_eq!(MountPath::try_from(text).is_ok(), ok, "{text}");
        }
    }
}
