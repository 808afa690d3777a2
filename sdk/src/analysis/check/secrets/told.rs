//! How a secret is known: by what it is called, or by what it looks like.

/// Words of names whose values are secret.
const SECRET: [&str; 12] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "credential",
    "credentials",
    "privatekey",
    "accesskey",
    "secretkey",
];

/// Pairs of words that are secret together.
const PAIRS: [(&str, &str); 6] = [
    ("api", "key"),
    ("private", "key"),
    ("access", "key"),
    ("encryption", "key"),
    ("signing", "key"),
    ("pass", "phrase"),
];

/// Last words after which a name means something about a secret, and not the secret.
const ABOUT: [&str; 35] = [
    "file",
    "path",
    "dir",
    "name",
    "id",
    "ttl",
    "expiry",
    "expires",
    "expiration",
    "length",
    "enabled",
    "required",
    "header",
    "policy",
    "type",
    "issuer",
    "audience",
    "algorithm",
    "prefix",
    "lifetime",
    "timeout",
    "max",
    "min",
    "count",
    "namespace",
    "endpoint",
    "url",
    "host",
    "port",
    "store",
    "provider",
    "class",
    "kind",
    "version",
    "ref",
];

/// Whether what is called so is secret: `DB_PASSWORD`, `apiKey`, and not `PASSWORD_FILE`.
pub(super) fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    let Some(last) = words.last() else {
        return false;
    };
    let pair = words
        .windows(2)
        .any(|two| PAIRS.contains(&(two[0].as_str(), two[1].as_str())));
    (pair || words.iter().any(|word| SECRET.contains(&word.as_str())))
        && !ABOUT.contains(&last.as_str())
}

/// `dbPassword`, `DB_PASSWORD` and `db-password` are the words `db` and `password`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let starts = c.is_uppercase() && before.is_lowercase();
        if !c.is_alphanumeric() || starts {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a value under a secret's name gives nothing away: nothing, a switch, a path, or the name
/// of another variable.
pub(super) fn is_harmless(value: &str) -> bool {
    let value = value.trim();
    value.is_empty()
        || matches!(value, "true" | "false" | "null" | "none" | "yes" | "no")
        || value.starts_with('/')
        || value.contains("$(")
        || value.contains("${")
        || value.contains("{{")
        || value.starts_with('$')
        || value.starts_with("vault:")
}

/// How keys and tokens begin.
const BEGINNINGS: [&str; 14] = [
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xapp-",
    "sk_live_",
    "rk_live_",
    "sk-proj-",
    "AGE-SECRET-KEY-",
    "SG.",
    "hvs.",
];

/// Whether a value looks like a secret whatever it is called: a private key, a URL with a password,
/// a token of a known form.
pub(super) fn is_secret_value(value: &str) -> bool {
    is_private_key(value)
        || value.split([' ', '\n', '"', '\'', ',', '=']).any(|word| {
            has_password(word) || is_access_key(word) || is_signed_token(word) || is_token(word)
        })
}

fn is_token(word: &str) -> bool {
    BEGINNINGS.iter().any(|beginning| {
        word.strip_prefix(beginning)
            .is_some_and(|rest| rest.len() >= 16)
    })
}

fn is_private_key(value: &str) -> bool {
    // `LS0tLS1CRUdJTi` is `-----BEGIN` in base64.
    let plain = value.contains("-----BEGIN ") && value.contains("PRIVATE KEY-----");
    plain
        || value.trim().starts_with("LS0tLS1CRUdJTiBSU0EgUFJJVkFURSB")
        || value.trim().starts_with("LS0tLS1CRUdJTiBQUklWQVRFI")
}

/// `postgresql://user:password@host`.
fn has_password(word: &str) -> bool {
    let Some((_, rest)) = word.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let Some((user, _)) = authority.rsplit_once('@') else {
        return false;
    };
    user.split_once(':')
        .is_some_and(|(_, password)| !is_harmless(password) && !password.starts_with('<'))
}

/// A key of AWS: `AKIA` and sixteen capitals or digits.
fn is_access_key(word: &str) -> bool {
    let rest = word
        .strip_prefix("AKIA")
        .or_else(|| word.strip_prefix("ASIA"));
    rest.is_some_and(|rest| {
        rest.len() == 16
            && rest
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
    })
}

/// A JSON web token: three parts of base64, the first two of them JSON.
fn is_signed_token(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    parts.len() == 3
        && parts[0].starts_with("eyJ")
        && parts[1].starts_with("eyJ")
        && !parts[2].is_empty()
}

/// The first line of a file's text that sets something secret.
pub(super) fn lines_with_secrets(text: &str) -> Option<usize> {
    let lines = text.lines().map(str::trim).enumerate();
    let mut lines = lines.filter(|(_, line)| !line.starts_with('#') && !line.starts_with("//"));
    let found = lines.find(|(_, line)| {
        line.split_once(['=', ':']).is_some_and(|(name, value)| {
            let name = name.trim().trim_matches(['"', '\'', '-', ' ']);
            let value = value
                .trim()
                .trim_end_matches([',', ';'])
                .trim_matches(['"', '\'']);
            // A sentence, a call or a map is no setting.
            let setting = !name.contains([' ', '(', '{']) && !value.contains([' ', '(', '{', '[']);
            setting && is_secret_name(name) && !is_harmless(value)
        })
    });
    found.map(|(index, _)| index + 1)
}

/// Which of the words of a command line gives a secret away.
pub(super) fn tells_password(words: &[&str]) -> Option<usize> {
    words.iter().enumerate().find_map(|(index, word)| {
        let flag = word.starts_with('-')
            || word
                .split_once('=')
                .is_some_and(|(name, _)| !name.contains(' '));
        let told = if let Some((name, value)) = word.split_once('=') {
            flag && is_secret_name(name) && !is_harmless(value)
        } else {
            let next = words.get(index + 1).copied().unwrap_or_default();
            word.starts_with("--")
                && !word.contains(' ')
                && is_secret_name(word)
                && !is_harmless(next)
                && !next.starts_with('-')
        };
        (told || is_secret_value(word)).then_some(index)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for (name, expected) in [
            ("DB_PASSWORD", true),
            ("dbPassword", true),
            ("API_KEY", true),
            ("KYCAID_API_KEY", true),
            ("AUTH_SECRET", true),
            ("github-token", true),
            ("PASSWORD_FILE", false),
            ("TOKEN_TTL", false),
            ("SECRET_NAME", false),
            ("secret_store", false),
            ("TOKEN_URL", false),
            ("KEYBOARD", false),
            ("API_URL", false),
            ("tokenizer", false),
            ("PGDATA", false),
            ("", false),
        ] {
            assert_eq!(is_secret_name(name), expected, "{name}");
        }
    }

    #[test]
    fn values_that_are_secrets_by_their_looks() {
        for (value, expected) in [
            ("postgresql://app:hunter2@db:5432/app", true),
            ("postgresql://app:$(PASSWORD)@db:5432/app", false),
            ("postgresql://db:5432/app", false),
            ("redis://:hunter2@redis", true),
            ("-----BEGIN RSA PRIVATE KEY-----\nMII", true),
            ("-----BEGIN CERTIFICATE-----\nMII", false),
            ("AKIAIOSFODNN7EXAMPLE", true),
            ("AKIA", false),
            ("ghp_0123456789abcdef0123", true),
            ("eyJhbGciOi.eyJzdWIiOi.c2ln", true),
            ("a.b.c", false),
            ("https://app.example.com/@user:x", false),
            ("https://app.example.com/?next=https://a:b@c", true),
        ] {
            assert_eq!(is_secret_value(value), expected, "{value}");
        }
    }

    #[test]
    fn values_that_give_nothing_away() {
        for (value, expected) in [
            ("", true),
            ("true", true),
            ("/run/secrets/password", true),
            ("$(PASSWORD)", true),
            ("${PASSWORD}", true),
            ("hunter2", false),
        ] {
            assert_eq!(is_harmless(value), expected, "{value}");
        }
    }

    #[test]
    fn lines_of_files() {
        for (text, expected) in [
            ("a: 1\npassword: hunter2\n", Some(2)),
            ("# password: hunter2\n", None),
            ("requirepass=x\n", None),
            ("db.password=hunter2", Some(1)),
            ("password: ${PASSWORD}", None),
            ("\"apiKey\": \"abc\",", Some(1)),
            ("the password: see the wiki page", None),
            ("secretKeyRef:", None),
        ] {
            assert_eq!(lines_with_secrets(text), expected, "{text}");
        }
    }

    #[test]
    fn command_lines() {
        for (words, expected) in [
            (vec!["redis-server", "--requirepass", "hunter2"], None),
            (vec!["app", "--password", "hunter2"], Some(1)),
            (vec!["app", "--password=hunter2"], Some(1)),
            (vec!["app", "--password=$(PASSWORD)"], None),
            (vec!["app", "--password-file", "/run/p"], None),
            (vec!["app", "--token", "--verbose"], None),
            (vec!["sh", "-c", "PASSWORD=hunter2 app"], Some(2)),
            (vec!["psql", "postgres://a:b@db/app"], Some(1)),
        ] {
            assert_eq!(tells_password(&words), expected, "{words:?}");
        }
    }
}
