//! Resources of the okta provider, as objects of the org.
//!
//! Attribute names and defaults are those of provider v6.12; the older names of
//! a few types are read too. A reference is an edge although its value is known
//! after apply only.

use std::collections::BTreeMap;

use super::assemble::{Draft, Parent};
use super::attributes::Attributes;
use super::value::{Kind, Value};
use crate::finding::{Finding, WRONG_TYPE};
use crate::model::{
    ApiService, App, ApplicationType, Claim, ClaimType, Client, Consent, ConsentMethod, Entry,
    FederatedClaim, Grant, GrantType, GroupFilter, GroupsClaim, Hook, IdpInitiatedLogin, IssuerMode, Key,
    List, LoginMode, Member, People, Policy, Ref, RefreshTokenRotation, RotationMode, Rule, Scope, Server,
    Set, Setting, State, Status, ValueType, Why, WildcardRedirect,
};
use crate::source::{Sources, Span};

/// The groups of an org, by address and by id: whether each is that of everybody.
pub(super) type Groups = BTreeMap<String, bool>;

/// Whether a resource is a group, and the one of everybody.
pub(super) fn is_everyone(kind: &str, is_data: bool, attributes: &Attributes<'_>) -> Option<bool> {
    match (kind, is_data) {
        ("okta_everyone_group", true) => Some(true),
        ("okta_group", false) => Some(false),
        ("okta_group", true) => match attributes.value("name").map(|it| it.kind) {
            Some(Kind::String(name)) => Some(name.as_ref() == "Everyone"),
            _ => None,
        },
        _ => None,
    }
}

/// One resource, on its way into the model.
pub(super) struct Resource<'s, 'a> {
    pub(super) sources: &'s Sources,
    pub(super) attributes: Attributes<'a>,
    pub(super) entry: Entry,
}

impl<'a> Resource<'_, 'a> {
    /// Adds the object to the draft. False for a type that no lint reads.
    pub(super) fn read(&mut self, kind: &str, is_data: bool, groups: &Groups, draft: &mut Draft) -> bool {
        match (is_data, kind) {
            (true, "okta_auth_server") => draft.servers.push(self.data_server()),
            // Groups were read beforehand, for the rules that name them.
            (true, _) | (_, "okta_group") => {}
            (_, "okta_app_oauth" | "okta_oauth_app") => draft.apps.push(self.app()),
            (_, "okta_app_oauth_api_scope") => self.grants(draft),
            (_, "okta_app_federated_claim") => {
                let app = self.attributes.reference("app_id");
                draft.federated_claims.push((app, self.federated_claim()));
            }
            (_, "okta_app_oauth_role_assignment") => {
                let app = self.attributes.reference("client_id");
                draft.roles.push((app, self.attributes.string("type")));
            }
            (_, "okta_app_oauth_redirect_uri") => {
                let app = self.attributes.reference("app_id");
                draft.redirect_uris.push((app, self.attributes.partly_known("uri")));
            }
            (_, "okta_auth_server") => draft.servers.push(self.server(false)),
            (_, "okta_auth_server_default") => draft.servers.push(self.server(true)),
            (_, "okta_auth_server_scope") => {
                let parent = self.parent("auth_server_id");
                draft.scopes.push((parent, self.scope()));
            }
            (_, "okta_auth_server_claim") => {
                let parent = self.parent("auth_server_id");
                draft.claims.push((parent, self.claim()));
            }
            (_, "okta_auth_server_claim_default") => {
                let parent = self.parent("auth_server_id");
                draft.claims.push((parent, self.default_claim()));
            }
            (_, "okta_auth_server_policy") => {
                let parent = self.parent("auth_server_id");
                draft.policies.push((parent, self.policy()));
            }
            (_, "okta_auth_server_policy_rule") => {
                let (server, policy) = (self.parent("auth_server_id"), self.parent("policy_id"));
                draft.rules.push((server, policy, self.rule(groups)));
            }
            (_, "okta_trusted_server") => {
                let parent = self.parent("auth_server_id");
                let trusted = self.attributes.list("trusted");
                let items = trusted.known().cloned().unwrap_or_default();
                for value in items {
                    draft.trusted.push((parent.clone(), self.attributes.as_reference(&value)));
                }
            }
            (_, "okta_inline_hook") => draft.hooks.push(self.hook()),
            (_, "okta_api_service_integration") => draft.api_services.push(self.api_service()),
            (_, "okta_domain") => draft.domains.push(self.attributes.string("name")),
            _ => return false,
        }
        true
    }

    fn entry(&self) -> Entry {
        self.entry.clone()
    }

    /// What Okta fills in.
    fn computed<T>(&self) -> Setting<T> {
        Setting::unknown(self.entry.at, Why::Computed)
    }

    /// What Okta fills in, and a plan or state may know.
    fn filled(&mut self, name: &str) -> Setting<String> {
        let written = self.attributes.string(name);
        if written.is_unset() { self.computed() } else { written }
    }

    /// The text of an argument that is not known: equal text, in one instance
    /// of a module, is taken to name one object, so that what hangs on it is
    /// seen together.
    fn expression_of(&self, name: &str) -> String {
        let written = self.attributes.argument(name).map_or("", |it| {
            &self.sources.text(it.written.file)[it.written.start as usize..it.written.end as usize]
        });
        let text = written.trim_matches(['"', '\'']);
        // A plan has no expression where a value is not known, and two such
        // values need not be one.
        if matches!(text, "{" | "") {
            return format!("{name} of {}", self.entry.resource);
        }
        let differs = ["each.", "count."].iter().any(|it| text.contains(it));
        let within = if differs {
            self.entry.resource.as_str()
        } else {
            self.entry.resource.rsplit_once(".okta_").map_or("", |it| it.0)
        };
        if within.is_empty() { text.to_owned() } else { format!("{text} in {within}") }
    }

    /// The object that an argument names.
    fn parent(&mut self, name: &str) -> Parent {
        let reference: Setting<Ref<()>> = self.attributes.reference(name);
        match reference.known().map(|it| &it.key) {
            Some(Key::Address { address, .. }) => Parent::Address(address.clone()),
            Some(Key::Literal(id)) => Parent::Literal(id.clone()),
            _ => Parent::Unknown(self.expression_of(name)),
        }
    }

    fn app(&mut self) -> App {
        let own = self.attributes.string("preconfigured_app");
        // To the provider an empty name is none.
        let is_own = own.is_unset() || own.known().is_some_and(String::is_empty);
        let name = if is_own { Setting::new(own.at, App::CUSTOM.to_owned()) } else { own };
        App {
            entry: self.entry(),
            id: self.filled("id"),
            label: self.attributes.string("label"),
            name,
            status: self.attributes.status(),
            client: Some(Box::new(self.client())),
            grants: Set::default(),
            federated_claims: Set::default(),
            groups_claim: self.groups_claim().map(Box::new),
            profile_attributes: Set::default(),
            roles: Set::default(),
            implicit_assignment: self.attributes.boolean("implicit_assignment"),
        }
    }

    fn client(&mut self) -> Client {
        let client_id = self.filled("client_id");
        let consent_method = self.attributes.choice(
            "consent_method",
            &[("TRUSTED", ConsentMethod::Trusted), ("REQUIRED", ConsentMethod::Required)],
        );
        let application_type = self.attributes.word("type");
        let written = self.attributes.words("grant_types");
        Client {
            client_id,
            token_endpoint_auth_method: self.attributes.word("token_endpoint_auth_method"),
            grant_types: if written.is_unset() { filled_in(&application_type) } else { written },
            application_type,
            // The provider's default is TRUSTED: whoever wants REQUIRED types it.
            consent_is_chosen: consent_method.known().is_some(),
            consent_method,
            policy_uri: self.attributes.string("policy_uri").map(drop),
            tos_uri: self.attributes.string("tos_uri").map(drop),
            idp_initiated_login: IdpInitiatedLogin {
                mode: self.attributes.choice("login_mode", &LoginMode::WORDS),
                default_scope: self.attributes.strings("login_scopes"),
            },
            initiate_login_uri: self.attributes.address("login_uri"),
            response_types: self.attributes.strings("response_types"),
            redirect_uris: self.attributes.partly_known_list("redirect_uris"),
            wildcard_redirect: self.attributes.choice("wildcard_redirect", &WildcardRedirect::WORDS),
            pkce_required: self.attributes.boolean("pkce_required"),
            keys: self.keys(),
            jwks_uri: self.attributes.address("jwks_uri"),
            refresh_token_rotation: self
                .attributes
                .choice("refresh_token_rotation", &RefreshTokenRotation::WORDS),
            issuer_mode: self.attributes.choice("issuer_mode", &IssuerMode::WORDS),
        }
    }

    /// The public keys: one a block. The provider has no status for them.
    fn keys(&mut self) -> List<Status> {
        let at = self.entry.at;
        match self.attributes.blocks("jwks") {
            None => Setting::unknown(at, Why::Expression),
            Some(blocks) if blocks.is_empty() => Setting::unset(at),
            Some(blocks) => {
                let key = |it: &Attributes<'_>| Setting::new(it.owner, Status::Active);
                Setting::new(at, blocks.iter().map(key).collect())
            }
        }
    }

    fn groups_claim(&mut self) -> Setting<GroupsClaim> {
        let at = self.entry.at;
        let Some(mut blocks) = self.attributes.blocks("groups_claim") else {
            return Setting::unknown(at, Why::Expression);
        };
        if let Some(second) = blocks.get(1) {
            self.attributes.findings.push(one_at_most("groups_claim", second.owner.span));
        }
        let Some(block) = blocks.first_mut() else { return Setting::unset(at) };
        let name = block.string("name");
        let claim = GroupsClaim {
            value_type: block
                .choice("type", &[("FILTER", ValueType::Groups), ("EXPRESSION", ValueType::Expression)]),
            filter: block.choice("filter_type", &GroupFilter::WORDS),
            value: block.string("value"),
            name,
        };
        self.attributes.findings.append(&mut block.findings);
        Setting::new(claim.name.at, claim)
    }

    fn grants(&mut self, draft: &mut Draft) {
        let app: Setting<Ref<App>> = self.attributes.reference("app_id");
        let issuer = self.attributes.issuer("issuer");
        let issuer_of = self.attributes.reference("issuer").known().cloned();
        let issuer_of = issuer_of.filter(|it: &Ref<Server>| {
            matches!(&it.key, Key::Address { address, .. } if address.contains("okta_auth_server"))
        });
        let scopes = self.attributes.strings("scopes");
        if scopes.all_known().is_none() {
            draft.open_grants.push(app.clone());
        }
        let some = match scopes.state {
            State::Known(scopes) => scopes,
            State::Unknown(why) => vec![Setting::unknown(scopes.at, why)],
            State::Unset => Vec::new(),
        };
        for scope in some {
            let grant = Grant {
                entry: Entry { at: scope.at, ..self.entry() },
                scope_id: scope,
                issuer: issuer.clone(),
                issuer_of: issuer_of.clone(),
                status: Setting::unset(self.entry.at),
            };
            draft.grants.push((app.clone(), grant));
        }
    }

    fn federated_claim(&mut self) -> FederatedClaim {
        FederatedClaim {
            entry: self.entry(),
            name: self.attributes.string("name"),
            expression: self.attributes.string("expression"),
        }
    }

    fn server(&mut self, default: bool) -> Server {
        let at = self.entry.at;
        let name = self.attributes.string("name");
        Server {
            entry: self.entry(),
            declared: true,
            id: self.filled("id"),
            name: if name.is_unset() && default { Setting::new(at, "default".to_owned()) } else { name },
            default: Setting::new(at, default),
            status: self.attributes.status(),
            audiences: self.attributes.strings("audiences"),
            issuer: self.filled("issuer"),
            issuer_mode: self.attributes.choice("issuer_mode", &IssuerMode::WORDS),
            rotation_mode: self.attributes.choice("credentials_rotation_mode", &RotationMode::WORDS),
            // The provider has no argument for it, so Terraform leaves it as it is.
            access_token_encrypted_response_algorithm: self.computed(),
            scopes: Set::default(),
            claims: Set::default(),
            policies: Set::default(),
            trusted: Set::default(),
        }
    }

    /// A server that is looked up by its name, and made elsewhere.
    fn data_server(&mut self) -> Server {
        let name = self.attributes.string("name");
        let default = name.known().is_some_and(|it| it == "default");
        let mut server = super::assemble::outside(self.entry(), Setting::new(name.at, default));
        server.name = name;
        server
    }

    fn scope(&mut self) -> Scope {
        let at = self.entry.at;
        Scope {
            entry: self.entry(),
            id: self.filled("id"),
            name: self.attributes.string("name"),
            consent: self.attributes.choice(
                "consent",
                &[
                    ("IMPLICIT", Consent::Implicit),
                    ("REQUIRED", Consent::Required),
                    ("FLEXIBLE", Consent::Flexible),
                ],
            ),
            default: self.attributes.boolean("default"),
            system: Setting::new(at, false),
        }
    }

    fn claim(&mut self) -> Claim {
        let name = self.attributes.string("name");
        let is_sub = name.known().is_some_and(|it| it == "sub");
        // Generators write the claims that Okta made as if somebody had.
        let is_system = self.attributes.string("value_type").known().is_some_and(|it| it == "SYSTEM");
        Claim {
            entry: self.entry(),
            id: self.filled("id"),
            name,
            claim_type: self.attributes.choice(
                "claim_type",
                &[("IDENTITY", ClaimType::Identity), ("RESOURCE", ClaimType::Resource)],
            ),
            value_type: self.attributes.choice("value_type", &ValueType::WORDS),
            value: self.attributes.string("value"),
            filter: self.attributes.choice("group_filter_type", &GroupFilter::WORDS),
            always_include_in_token: self.attributes.boolean("always_include_in_token"),
            scopes: self.scope_names("scopes"),
            status: self.attributes.status(),
            system: Setting::new(self.entry.at, is_sub || is_system),
        }
    }

    /// One of the claims that Okta made, with an edited value.
    fn default_claim(&mut self) -> Claim {
        let mut claim = self.claim();
        let is_sub = claim.name.known().is_some_and(|it| it == "sub");
        let kind = if is_sub { ClaimType::Resource } else { ClaimType::Identity };
        let value = if is_sub { ValueType::Expression } else { ValueType::System };
        claim.claim_type = Setting::new(self.entry.at, kind);
        claim.value_type = Setting::new(self.entry.at, value);
        claim.scopes = self.computed();
        claim.system = Setting::new(self.entry.at, true);
        claim
    }

    fn policy(&mut self) -> Policy {
        let clients = self.attributes.list("client_whitelist").map(|items| {
            items
                .into_iter()
                .map(|value| match &value.kind {
                    Kind::String(text) if text.as_ref() == "ALL_CLIENTS" => Member::AllClients(value.at),
                    _ => Member::Client(self.attributes.as_reference(&value)),
                })
                .collect()
        });
        Policy {
            entry: self.entry(),
            id: self.filled("id"),
            name: self.attributes.string("name"),
            status: self.attributes.status(),
            system: Setting::new(self.entry.at, false),
            priority: self.attributes.integer("priority"),
            clients,
            rules: Set::default(),
        }
    }

    fn rule(&mut self, groups: &Groups) -> Rule {
        Rule {
            entry: self.entry(),
            name: self.attributes.string("name"),
            status: self.attributes.status(),
            priority: self.attributes.integer("priority"),
            grant_types: self.attributes.words("grant_type_whitelist"),
            // The provider sends an empty list for none, and Okta keeps it.
            scopes: match self.scope_names("scope_whitelist") {
                unset if unset.is_unset() => Setting::new(unset.at, Vec::new()),
                scopes => scopes,
            },
            people: People {
                users: self.attributes.strings("user_whitelist"),
                groups: self.attributes.groups("group_whitelist", &|address| groups.get(address).copied()),
                excluded_users: self.attributes.strings("user_blacklist"),
                excluded_groups: self.attributes.strings("group_blacklist"),
            },
            access_token_lifetime: self.attributes.integer("access_token_lifetime_minutes"),
            refresh_token_lifetime: self.attributes.integer("refresh_token_lifetime_minutes"),
            refresh_token_window: self.attributes.integer("refresh_token_window_minutes"),
            inline_hook: self.attributes.reference("inline_hook_id"),
        }
    }

    /// The scopes of a rule or a claim: names. The id of a scope, a classic mistake,
    /// is known after apply, but it is known not to be a name.
    fn scope_names(&mut self, argument: &str) -> List<String> {
        let scopes = self.attributes.list(argument);
        let id_of_a_scope = |value: &Value<'a>| match &value.kind {
            Kind::Reference { address, attribute } if attribute.as_ref() == "id" => {
                // As it is called in its own module.
                let name = &address[address.rfind("okta_auth_server_scope.")?..];
                Some(Setting::new(value.at, format!("{name}.id")))
            }
            _ => None,
        };
        scopes.map(|items| {
            items
                .iter()
                .map(|it| id_of_a_scope(it).unwrap_or_else(|| self.attributes.as_string(it)))
                .collect()
        })
    }

    fn hook(&mut self) -> Hook {
        // Maps, although they look like blocks: an array of tables is refused.
        self.attributes.expect_map("channel");
        self.attributes.expect_map("auth");
        Hook {
            entry: self.entry(),
            id: self.filled("id"),
            name: self.attributes.string("name"),
            kind: self.attributes.string("type"),
            status: self.attributes.status(),
        }
    }

    fn api_service(&mut self) -> ApiService {
        let blocks = self.attributes.blocks("granted_scopes");
        let granted_scopes = match blocks {
            None => Setting::unknown(self.entry.at, Why::Expression),
            Some(blocks) => {
                let names = blocks.into_iter().map(|mut block| block.string("scope"));
                Setting::new(self.entry.at, names.collect())
            }
        };
        ApiService { entry: self.entry(), id: self.filled("id"), granted_scopes }
    }
}

/// A finding for a block that stands more often than it may.
fn one_at_most(name: &str, again: Span) -> Finding {
    let message = format!("a second `{name}` block, where one at most is taken");
    Finding::input(WRONG_TYPE, again, "the second one", message)
        .with_help("remove one of them: Terraform refuses both; the first one is read")
}

/// The grant types that the provider fills in when none are written.
fn filled_in(application_type: &Setting<ApplicationType>) -> List<GrantType> {
    let at = application_type.at;
    let words: &[&str] = match application_type.known() {
        Some(ApplicationType::Web | ApplicationType::Native) => &["authorization_code"],
        Some(ApplicationType::Service) => &["client_credentials"],
        Some(ApplicationType::Browser) => &[
            "authorization_code",
            "implicit",
            "interaction_code",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code",
            "urn:ietf:params:oauth:grant-type:saml2-bearer",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ],
        Some(ApplicationType::Other(_)) | None => return Setting::unknown(at, Why::Computed),
    };
    Setting::new(at, words.iter().map(|it| Setting::new(at, GrantType::from(*it))).collect())
}
