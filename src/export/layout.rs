//! Where a file of an export lies, and what that says of its content.

use std::path::{Path, PathBuf};

/// What a list or an object is expected to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    App,
    Grant,
    FederatedClaim,
    IdToken,
    Role,
    AppUserSchema,
    Server,
    Scope,
    Claim,
    Policy,
    Rule,
    AssociatedServer,
    Hook,
    ApiService,
    AgentConnection,
    Domain,
    Group,
}

impl Kind {
    /// Whether the API gives the list in pages, so that a full page may be one
    /// of several (`terraform.md` of the provider, "paging").
    fn is_paged(self) -> bool {
        matches!(self, Self::App | Self::Server | Self::Scope | Self::ApiService | Self::Group)
    }

    /// Whether a list of `length` may have been cut: the sizes of a full page.
    pub(super) fn may_be_cut(self, length: usize) -> bool {
        self.is_paged() && matches!(length, 20 | 50 | 100 | 200)
    }
}

/// What is known of a value before it is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Context {
    /// What it should be.
    pub(super) kind: Option<Kind>,
    /// The id of the app that it belongs to.
    pub(super) app: Option<String>,
    /// The id of the server that it belongs to.
    pub(super) server: Option<String>,
    /// The id of the policy that it belongs to.
    pub(super) policy: Option<String>,
    /// The id of the AI agent that it belongs to.
    pub(super) agent: Option<String>,
    /// Whether a list here is the API's answer, and not somebody's selection.
    pub(super) listing: bool,
    /// What to call objects that no lint reads.
    pub(super) name: String,
    /// Whose ids the keys of a bundle are: `rulesByPolicyId`.
    pub(super) ids: Option<Ids>,
}

/// Whose ids the keys of an object are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ids {
    App,
    Server,
    Policy,
}

impl Ids {
    /// From a name such as `detailsByAuthorizationServerId`.
    fn named(key: &str) -> Option<Self> {
        let key = plain(key);
        let ends = |words: &[&str]| words.iter().any(|it| key.ends_with(it));
        match () {
            () if ends(&["byappid", "byapplicationid"]) => Some(Self::App),
            () if ends(&["byauthorizationserverid", "byauthserverid", "byserverid"]) => Some(Self::Server),
            () if ends(&["bypolicyid"]) => Some(Self::Policy),
            () => None,
        }
    }
}

impl Context {
    /// The context of the value under `key` of a wrapper.
    pub(super) fn under(&self, key: &str) -> Self {
        let mut inner = self.clone();
        match inner.ids.take() {
            Some(Ids::App) => inner.app = Some(key.to_owned()),
            Some(Ids::Server) => inner.server = Some(key.to_owned()),
            Some(Ids::Policy) => inner.policy = Some(key.to_owned()),
            None => inner.descend(key),
        }
        inner
    }

    /// Enters the value under a key that is no id of its parent's.
    fn descend(&mut self, key: &str) {
        let inner = self;
        inner.ids = Ids::named(key);
        match () {
            () if key.starts_with("aus") && key.len() >= 20 => inner.server = Some(key.to_owned()),
            () if key.starts_with("00p") && key.len() >= 20 => inner.policy = Some(key.to_owned()),
            () if key.starts_with("0oa") && key.len() >= 20 => inner.app = Some(key.to_owned()),
            () => match wrapper(key) {
                Some(kind) => {
                    inner.kind = Some(kind);
                    inner.listing = true;
                    key.clone_into(&mut inner.name);
                }
                None if matches!(key, "data" | "items" | "value" | "values" | "results") => {}
                None => {
                    inner.kind = None;
                    inner.listing = false;
                    key.clone_into(&mut inner.name);
                }
            },
        }
    }
}

/// The kind of the list under a wrapper's key.
fn wrapper(key: &str) -> Option<Kind> {
    Some(match plain(key).as_str() {
        "apps" | "applications" => Kind::App,
        "grants" => Kind::Grant,
        "federatedclaims" => Kind::FederatedClaim,
        "authorizationservers" | "authservers" | "authserver" => Kind::Server,
        "scopes" => Kind::Scope,
        "claims" => Kind::Claim,
        "policies" | "policy" => Kind::Policy,
        "rules" | "rulesbypolicyid" => Kind::Rule,
        "associatedservers" => Kind::AssociatedServer,
        "inlinehooks" => Kind::Hook,
        "apiservices" => Kind::ApiService,
        "connections" => Kind::AgentConnection,
        "domains" => Kind::Domain,
        "groups" => Kind::Group,
        _ => return None,
    })
}

/// A name without its case and separators: `inline_hooks` is `inlineHooks`.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_lowercase()).collect()
}

/// The API's paths that lints read, longest first. `{}` stands for any segment.
const PATHS: &[(&[&str], Option<Kind>)] = &[
    (&["internal", "apps", "{app}", "settings", "oauth", "idtoken"], Some(Kind::IdToken)),
    (&["authorizationservers", "{server}", "policies", "{policy}", "rules", "{}"], Some(Kind::Rule)),
    (&["authorizationservers", "{server}", "policies", "{policy}", "rules"], Some(Kind::Rule)),
    (&["meta", "schemas", "apps", "{app}", "default"], Some(Kind::AppUserSchema)),
    (&["authorizationservers", "{server}", "associatedservers"], Some(Kind::AssociatedServer)),
    (&["authorizationservers", "{server}", "policies", "{policy}"], Some(Kind::Policy)),
    (&["authorizationservers", "{server}", "policies"], Some(Kind::Policy)),
    (&["authorizationservers", "{server}", "scopes"], Some(Kind::Scope)),
    (&["authorizationservers", "{server}", "claims"], Some(Kind::Claim)),
    (&["authorizationservers", "{server}", "{}"], None),
    (&["integrations", "api", "v1", "apiservices"], Some(Kind::ApiService)),
    (&["aiagents", "{agent}", "connections"], Some(Kind::AgentConnection)),
    (&["clients", "{app}", "roles"], Some(Kind::Role)),
    (&["apps", "{app}", "federatedclaims"], Some(Kind::FederatedClaim)),
    (&["apps", "{app}", "grants"], Some(Kind::Grant)),
    (&["apps", "{app}", "{}"], None),
    (&["authorizationservers", "{server}"], Some(Kind::Server)),
    (&["inlinehooks", "{}"], Some(Kind::Hook)),
    (&["apps", "{app}"], Some(Kind::App)),
    (&["apps"], Some(Kind::App)),
    (&["applications"], Some(Kind::App)),
    (&["authorizationservers"], Some(Kind::Server)),
    (&["inlinehooks"], Some(Kind::Hook)),
    (&["apiservices"], Some(Kind::ApiService)),
    (&["domains"], Some(Kind::Domain)),
    (&["groups"], Some(Kind::Group)),
];

/// A file's place in an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Home {
    /// The folder of the export.
    pub(super) root: PathBuf,
    /// What its path says.
    pub(super) context: Context,
}

/// The root that a path implies.
pub(super) fn root_of(path: &Path) -> Option<PathBuf> {
    of(path).0
}

/// The home of each path.
///
/// A file whose path follows the API's names its root. Another file belongs to
/// the nearest root above it, or to the only one there is, or to its own folder.
pub(super) fn homes(paths: &[PathBuf]) -> Vec<Home> {
    let read: Vec<(Option<PathBuf>, Context)> = paths.iter().map(|path| of(path)).collect();
    let mut roots: Vec<&PathBuf> = read.iter().filter_map(|it| it.0.as_ref()).collect();
    roots.sort();
    roots.dedup();
    let roots: Vec<PathBuf> = roots.into_iter().cloned().collect();
    read.into_iter()
        .zip(paths)
        .map(|((root, context), path)| {
            let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
            let above = || roots.iter().rev().find(|it| folder.starts_with(it)).cloned();
            let only = || (roots.len() == 1).then(|| roots[0].clone());
            let root = root.or_else(above).or_else(only).unwrap_or(folder);
            Home { root, context }
        })
        .collect()
}

/// What a path says, and the root it implies if it follows the API's paths.
fn of(path: &Path) -> (Option<PathBuf>, Context) {
    let folder: Vec<String> = path
        .parent()
        .into_iter()
        .flat_map(Path::components)
        .map(|it| it.as_os_str().to_string_lossy().into_owned())
        .collect();
    let stem = path.file_stem().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = without_page(&stem);
    let mut segments = folder;
    // `apps/index.json` is the list of `apps`.
    if stem != "index" {
        segments.push(stem.to_owned());
    }

    for (pattern, kind) in PATHS {
        if pattern.len() > segments.len() {
            continue;
        }
        let (head, tail) = segments.split_at(segments.len() - pattern.len());
        let Some(mut context) = matched(pattern, tail) else { continue };
        context.kind = *kind;
        context.listing = kind.is_some() && !pattern.last().is_some_and(|it| it.starts_with('{'));
        stem.clone_into(&mut context.name);
        let head = match head {
            [rest @ .., service, api, v1] if [service, api, v1] == ["workload-principals", "api", "v1"] => {
                rest
            }
            [rest @ .., api, v1] if matches!(api.as_str(), "api" | "oauth2") && v1 == "v1" => rest,
            other => other,
        };
        return (Some(head.iter().collect()), context);
    }
    (None, Context { name: stem.to_owned(), ..Context::default() })
}

fn matched(pattern: &[&str], segments: &[String]) -> Option<Context> {
    let mut context = Context::default();
    for (part, segment) in pattern.iter().zip(segments) {
        match *part {
            "{app}" => context.app = Some(segment.clone()),
            "{server}" => context.server = Some(segment.clone()),
            "{agent}" => context.agent = Some(segment.clone()),
            "{policy}" => context.policy = Some(segment.clone()),
            "{}" => {}
            name if plain(segment) == name => {}
            _ => return None,
        }
    }
    Some(context)
}

/// A file stem without the number of its page: `apps.2`, `apps-page2`, `apps_2`.
fn without_page(stem: &str) -> &str {
    let head = stem.trim_end_matches(|it: char| it.is_ascii_digit());
    if head.len() == stem.len() {
        return stem;
    }
    let head = head.strip_suffix("page").unwrap_or(head);
    head.strip_suffix(['.', '-', '_']).unwrap_or(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root_and_kind(path: &str) -> (Option<String>, Option<Kind>) {
        let (root, context) = of(Path::new(path));
        (root.map(|it| it.to_string_lossy().into_owned()), context.kind)
    }

    #[test]
    fn the_path_tells_kind_and_root() {
        let known = |root: &str, kind| (Some(root.to_owned()), Some(kind));
        assert_eq!(root_and_kind("x/apps.json"), known("x", Kind::App));
        assert_eq!(root_and_kind("x/apps.2.json"), known("x", Kind::App));
        assert_eq!(root_and_kind("x/apps-page3.json"), known("x", Kind::App));
        assert_eq!(
            root_and_kind("x/workload-principals/api/v1/ai-agents/wlp1/connections.json"),
            known("x", Kind::AgentConnection)
        );
        assert_eq!(root_and_kind("x/api/v1/apps/0oa1/grants.json"), known("x", Kind::Grant));
        assert_eq!(root_and_kind("authorization_servers.json"), known("", Kind::Server));
        let rules = "o/authorizationServers/aus1/policies/00p1/rules.json";
        assert_eq!(root_and_kind(rules), known("o", Kind::Rule));
        assert_eq!(root_and_kind("x/policies.json"), (None, None));
        assert_eq!(root_and_kind("x/apps/0oa1/users.json").1, None);
    }

    #[test]
    fn parents_come_from_the_path() {
        let (_, context) = of(Path::new("authorizationServers/aus1/policies/00p1/rules.json"));
        assert_eq!(context.server.as_deref(), Some("aus1"));
        assert_eq!(context.policy.as_deref(), Some("00p1"));
        assert!(context.listing);
    }

    #[test]
    fn two_exports_in_one_tree_are_two_orgs() {
        let paths = ["a/apps.json", "b/apps.json", "a/notes/more.json", "stray.json"];
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let roots: Vec<PathBuf> = homes(&paths).into_iter().map(|it| it.root).collect();
        assert_eq!(roots, ["a", "b", "a", ""].map(PathBuf::from));
    }

    #[test]
    fn a_flat_pile_belongs_to_the_only_root() {
        let paths = ["x/apps.json", "x/servers/orders.json", "y.json"];
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        assert!(homes(&paths).iter().all(|it| it.root == Path::new("x")));
    }

    #[test]
    fn a_full_page_may_be_one_of_several() {
        assert!(Kind::App.may_be_cut(200));
        assert!(!Kind::App.may_be_cut(37));
        assert!(!Kind::Claim.may_be_cut(20));
    }
}
