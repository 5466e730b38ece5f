//! What the name of a scope says: a list of facts from Okta's specification.

/// The seven scopes that every custom server has, `system: true`. `groups` is
/// not among them.
pub const SYSTEM_SCOPES: [&str; 7] =
    ["openid", "profile", "email", "address", "phone", "offline_access", "device_sso"];

/// Two scopes of Okta's own APIs without its prefix.
const SHARED_SIGNALS: [&str; 2] = ["ssf.read", "ssf.manage"];

/// What a scope is for, judged by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    /// `openid`, `profile`, `email`, `address`, `phone`, `offline_access`.
    Oidc,
    /// `device_sso`: on custom servers only.
    DeviceSso,
    /// `groups`: built in on the org server, to be made on a custom one.
    Groups,
    /// `interclient_access`: single sign-on from native apps to the web.
    Interclient,
    /// `okta.myAccount.*`: on both.
    MyAccount,
    /// A scope of Okta's own APIs: on the org server only.
    OktaApi,
    /// `ssf.*`: a scope of Okta's APIs whose name is free on a custom server.
    SharedSignals,
    /// `*`: any scope.
    Any,
    /// A scope of one's own.
    Custom,
}

impl ScopeKind {
    /// What `name` is.
    pub fn of(name: &str) -> Self {
        match name {
            "device_sso" => Self::DeviceSso,
            "groups" => Self::Groups,
            "interclient_access" => Self::Interclient,
            "*" => Self::Any,
            _ if SYSTEM_SCOPES.contains(&name) => Self::Oidc,
            _ if name.starts_with("okta.myAccount.") => Self::MyAccount,
            // Only the prefix is reserved: `myokta.read` is a name like others.
            _ if name.starts_with("okta.") || name.starts_with("okta:") => Self::OktaApi,
            _ if SHARED_SIGNALS.contains(&name) => Self::SharedSignals,
            _ => Self::Custom,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        for (name, kind) in [
            ("openid", ScopeKind::Oidc),
            ("groups", ScopeKind::Groups),
            ("okta.users.read", ScopeKind::OktaApi),
            ("okta:users", ScopeKind::OktaApi),
            ("okta.myAccount.profile.read", ScopeKind::MyAccount),
            ("myokta.read", ScopeKind::Custom),
            ("https://api.example.com/read", ScopeKind::Custom),
            ("com.acme.read", ScopeKind::Custom),
            ("ssf.manage", ScopeKind::SharedSignals),
            ("device_sso", ScopeKind::DeviceSso),
            ("interclient_access", ScopeKind::Interclient),
            ("*", ScopeKind::Any),
        ] {
            assert_eq!(ScopeKind::of(name), kind, "{name}");
        }
    }
}
