//! The scripts are such as a user would want to read.

use super::example::Example;

#[test]
fn the_scripts_are_short_and_use_no_way_around_the_builders() {
    for example in Example::all() {
        let mut lines = 0;
        for (file, text) in example.files(&["rhai"]) {
            lines += text.lines().count();
            // A metric of an autoscaler is `.object(…)` too.
            let around = |word: &str| {
                text.match_indices(word)
                    .any(|(at, _)| !text[..at].ends_with('.'))
            };
            for (word, used) in [
                ("object(", around("object(")),
                ("yaml(", around("yaml(")),
                (".patch(", text.contains(".patch(")),
            ] {
                assert!(!used, "{}/{file} uses `{word}`", example.name);
            }
        }
        assert!(lines < 200, "{}: {lines} lines", example.name);
    }
}
