//! Names that say that a value is a secret.

/// Names whose value is a secret, without quotes, case and separators.
const NAMES: [&str; 17] = [
    "clientsecret",
    "clientbasicsecret",
    "clientbasicsecretwo",
    "secret",
    "password",
    "passwd",
    "pwd",
    "pw",
    "passphrase",
    "privatekey",
    "apitoken",
    "apikey",
    "accesstoken",
    "channeljson",
    "sharedsecret",
    "hmackey",
    "signingkey",
];

/// Endings of names of people's own that say as much by themselves.
const WORDS: [&str; 6] = ["secret", "password", "passphrase", "privatekey", "apikey", "signingkey"];

/// Endings that say as much after a separator.
const ENDINGS: [&str; 9] = [
    "_secret",
    "_password",
    "_pwd",
    "_token",
    "_private_key",
    "_api_key",
    "_apikey",
    "_passphrase",
    "_credentials",
];

/// Names of Okta's that end like a secret and are none.
const HARMLESS: [&str; 4] = ["id_token", "refresh_token", "has_password", "user_password"];

/// Whether a name of a variable, a local or an argument says that its value is
/// a secret.
pub fn is_secret_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let last = lower.rsplit('.').next().unwrap_or_default();
    if HARMLESS.contains(&last) {
        return false;
    }
    let plain = |it: &str| it.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    // `api.key` is two segments of one name.
    let pair = lower.rsplitn(3, '.').take(2).collect::<Vec<_>>();
    let pair = pair.into_iter().rev().map(plain).collect::<String>();
    let (last, separated) = (plain(last), last.replace('-', "_"));
    NAMES.contains(&last.as_str())
        || NAMES.contains(&pair.as_str())
        || WORDS.iter().any(|it| last.ends_with(it))
        || ENDINGS.iter().any(|it| separated.ends_with(it))
        || lower == "auth.value"
}

#[cfg(test)]
mod tests {
    use super::is_secret_name;

    #[test]
    fn names_of_peoples_own_say_that_they_are_secrets() {
        for name in [
            "client_secret",
            "other-secret",
            "jwtSigningKey",
            "api.key",
            "spring.datasource.password",
            "my_pwd",
            "x.client-secret",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["key", "secretary", "id_token", "keystore.path", "user_password"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
