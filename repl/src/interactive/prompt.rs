//! The prompt: which cluster and namespace lines are about.

use crate::ui::Look;

/// A prompt, plain and as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prompt {
    /// Without colours.
    pub(crate) plain: String,
    /// With them.
    pub(crate) shown: String,
}

impl Prompt {
    /// `context/namespace> `; nothing is said of a namespace where there is no cluster.
    pub(crate) fn new(look: Look, context: Option<&str>, namespace: &str) -> Self {
        let Some(context) = context else {
            return Self {
                plain: "infra> ".to_owned(),
                shown: "infra> ".to_owned(),
            };
        };
        // What stands in a kubeconfig is shown on a terminal.
        let harmless =
            |text: &str| -> String { text.chars().filter(|c| !c.is_control()).collect() };
        let (context, namespace) = (harmless(context), harmless(namespace));
        Self {
            plain: format!("{context}/{namespace}> "),
            shown: format!("{}/{}> ", look.strong(&context), look.change(&namespace)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_where_lines_go() {
        let look = Look {
            terminal: true,
            color: false,
            width: 80,
        };
        for (context, expected) in [
            (Some("prod"), "prod/shop> "),
            (Some("a\u{1b}[2Jb"), "a[2Jb/shop> "),
            (None, "infra> "),
        ] {
            let prompt = Prompt::new(look, context, "shop");
            assert_eq!(prompt.plain, expected);
            assert_eq!(prompt.shown, expected);
        }
    }
}
