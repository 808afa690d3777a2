//! Names that applications see.

use infra_schema::names;

text_type! {
    /// A key of a config map or secret, which is a file's name too where it is mounted.
    DataKey, "a key", is_data_key,
    "letters, digits, `-`, `_` and `.`, at most 253 of them, such as `application.yaml`"
}

text_type! {
    /// The name of an environment variable.
    EnvName, "the name of an environment variable", is_env_name,
    "printable ASCII characters without `=`, such as `POSTGRES_DB`"
}

impl From<DataKey> for EnvName {
    fn from(key: DataKey) -> Self {
        Self(key.0)
    }
}

fn is_data_key(text: &str) -> bool {
    names::config_key(text).is_empty()
}

fn is_env_name(text: &str) -> bool {
    names::relaxed_env_var_name(text).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_variables() {
        for (text, key, env) in [
            ("POSTGRES_DB", true, true),
            ("application.yaml", true, true),
            (".hidden", true, true),
            ("..", false, true),
            ("..data", false, true),
            ("a/b", false, true),
            ("", false, false),
            ("a=b", false, false),
            ("ä", false, false),
        ] {
            assert_eq!(DataKey::try_from(text).is_ok(), key, "{text}");
            assert_eq!(EnvName::try_from(text).is_ok(), env, "{text}");
        }
    }
}
