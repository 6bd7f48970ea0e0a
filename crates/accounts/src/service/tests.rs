use super::*;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use tempfile::TempDir;
use touchline_store_sqlite::SqliteStore;

const PASSWORD: &str = "correct horse battery";
const SECRET: &str = "0123456789abcdef0123456789abcdef";
const HERE: &str = "192.0.2.1";

/// A clock that tests move.
#[derive(Debug)]
struct Moving(AtomicI64);

impl Clock for Moving {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.load(Ordering::SeqCst), 0).unwrap()
    }
}

/// Never the same twice.
fn counted(bytes: &mut [u8]) {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let next = NEXT.fetch_add(1, Ordering::SeqCst).to_be_bytes();
    for (byte, next) in bytes.iter_mut().zip(next.iter().cycle()) {
        *byte = *next;
    }
}

pub(super) struct World {
    pub accounts: Accounts,
    clock: Arc<Moving>,
    pub store: SqliteStore,
    _folder: TempDir,
}

pub(super) async fn world(settings: AccountSettings) -> World {
    let folder = TempDir::new().unwrap();
    let clock = Arc::new(Moving(AtomicI64::new(1_714_800_000)));
    let store = SqliteStore::open(&folder.path().join("test.db"), clock.clone()).await.unwrap();
    let ring = KeyRing::new([SECRET]).unwrap();
    let accounts = Accounts::new(Arc::new(store.clone()), ring, settings, clock.clone(), counted);
    accounts.add_user("test", "ann", PASSWORD, AccessRole::Admin).await.unwrap();
    World { accounts, clock, store, _folder: folder }
}

impl World {
    pub fn pass(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    async fn login(&self) -> TokenPair {
        self.accounts.login("ann", PASSWORD, HERE).await.unwrap()
    }

    pub async fn actions(&self) -> Vec<String> {
        let log = self.accounts.audit_log(None, 100).await.unwrap();
        log.into_iter().rev().map(|held| held.record.action).collect()
    }
}

#[tokio::test]
async fn a_login_gives_a_token_that_counts_until_it_expires() {
    let world = world(AccountSettings::default()).await;
    let pair = world.accounts.login("Ann", PASSWORD, HERE).await.unwrap();
    let principal = world.accounts.authenticate(&pair.access).await.unwrap();
    assert_eq!((principal.user.name.as_str(), principal.user.role), ("ann", AccessRole::Admin));
    assert!(principal.allows(Permission::ManageAccounts));
    assert!(!format!("{pair:?} {:?}", world.accounts).contains(&pair.access));
    world.pass(15 * 60);
    let expired = world.accounts.authenticate(&pair.access).await.unwrap_err();
    assert!(matches!(expired, AccountError::Token(TokenFault::Expired)));
    assert_eq!(world.actions().await, ["add user", "login"]);
    let held = world.store.user_named("ann").await.unwrap().unwrap().1;
    assert!(held.starts_with("$argon2id$") && !held.contains(PASSWORD));
}

#[tokio::test]
async fn wrong_logins_say_nothing_and_have_to_wait() {
    let world = world(AccountSettings::default()).await;
    for name in ["ann", "nobody", "no name \0"] {
        let error = world.accounts.login(name, "wrong", "192.0.2.9").await.unwrap_err();
        assert_eq!(error.to_string(), "name or password is wrong", "{name}");
    }
    for _ in 0..5 {
        assert!(matches!(world.accounts.login("ann", "wrong", HERE).await, Err(AccountError::WrongLogin)));
    }
    let error = world.accounts.login("ann", PASSWORD, HERE).await.unwrap_err();
    assert!(matches!(error, AccountError::Wait(1..=2)), "also with the right one: {error}");
    world.pass(2);
    world.login().await;
    assert!(world.actions().await.iter().filter(|action| *action == "login refused").count() >= 6);
}

#[tokio::test]
async fn a_refresh_token_is_used_once_and_a_second_use_ends_the_session() {
    let world = world(AccountSettings::default()).await;
    let first = world.login().await;
    let second = world.accounts.refresh(&first.refresh).await.unwrap();
    assert!(world.accounts.authenticate(&second.access).await.is_ok());
    assert!(matches!(world.accounts.refresh(&first.refresh).await, Err(AccountError::Reused)));
    for refused in [
        world.accounts.authenticate(&second.access).await.err(),
        world.accounts.authenticate(&first.access).await.err(),
        world.accounts.refresh(&second.refresh).await.err(),
    ] {
        assert!(matches!(refused, Some(AccountError::Revoked)), "{refused:?}");
    }
    assert_eq!(world.actions().await.last().unwrap(), "refresh token used twice");
    let other = world.login().await;
    world.pass(31 * 86_400);
    assert!(matches!(
        world.accounts.refresh(&other.refresh).await,
        Err(AccountError::Token(TokenFault::Expired))
    ));
    let forged = other.refresh.replace(".0.", ".1.");
    assert!(matches!(world.accounts.refresh(&forged).await, Err(AccountError::Token(TokenFault::Forged))));
}

#[tokio::test]
async fn logging_out_and_changes_of_an_account_take_effect_at_once() {
    let world = world(AccountSettings::default()).await;
    let accounts = &world.accounts;
    let pair = world.login().await;
    let principal = accounts.authenticate(&pair.access).await.unwrap();
    accounts.logout(&principal).await.unwrap();
    assert!(matches!(accounts.authenticate(&pair.access).await, Err(AccountError::Revoked)));

    accounts.add_user("test", "ben", PASSWORD, AccessRole::Operator).await.unwrap();
    let ben = accounts.login("ben", PASSWORD, HERE).await.unwrap();
    accounts.change_user("test", "ben", Some(AccessRole::Viewer), None).await.unwrap();
    let now = accounts.authenticate(&ben.access).await.unwrap();
    assert!(!now.allows(Permission::Seal), "the token says operator, the account says viewer");
    accounts.change_user("test", "ben", None, Some(true)).await.unwrap();
    assert!(matches!(accounts.authenticate(&ben.access).await, Err(AccountError::Revoked)));
    assert!(matches!(accounts.login("ben", PASSWORD, HERE).await, Err(AccountError::WrongLogin)));

    for (role, disabled) in [(Some(AccessRole::Viewer), None), (None, Some(true))] {
        let refused = accounts.change_user("test", "ann", role, disabled).await;
        assert!(matches!(refused, Err(AccountError::LastAdmin)));
    }
    let before = world.login().await;
    accounts.set_password("test", "ann", "another good password").await.unwrap();
    assert!(matches!(accounts.authenticate(&before.access).await, Err(AccountError::Revoked)));
    assert!(accounts.login("ann", "another good password", HERE).await.is_ok());
}

#[tokio::test]
async fn a_key_does_what_its_scopes_and_its_account_allow() {
    let world = world(AccountSettings::default()).await;
    let accounts = &world.accounts;
    accounts.add_user("test", "ben", PASSWORD, AccessRole::Operator).await.unwrap();
    let refused = accounts.create_key("test", "ben", "x", &[Permission::ManageAccounts], None).await;
    assert!(matches!(refused, Err(AccountError::Scope { .. })));
    let end = world.clock.now() + Duration::hours(1);
    let key = accounts.create_key("test", "ben", "nightly", &[Permission::Seal], Some(end)).await.unwrap();
    let principal = accounts.authenticate(&key.secret).await.unwrap();
    assert!(principal.allows(Permission::Seal) && !principal.allows(Permission::Read));
    assert_eq!(principal.actor(), format!("user ben by key {}", key.id));
    let held = accounts.keys().await.unwrap();
    assert!(held[0].last_used_at.is_some());
    accounts.change_user("test", "ben", Some(AccessRole::Viewer), None).await.unwrap();
    assert_eq!(accounts.authenticate(&key.secret).await.unwrap().permissions, []);
    world.pass(3_600);
    assert!(matches!(
        accounts.authenticate(&key.secret).await,
        Err(AccountError::Token(TokenFault::Expired))
    ));
    let other = accounts.create_key("test", "ben", "daily", &[], None).await.unwrap();
    assert_eq!(accounts.authenticate(&other.secret).await.unwrap().permissions, [Permission::Read]);
    accounts.revoke_key("test", other.id).await.unwrap();
    assert!(matches!(accounts.authenticate(&other.secret).await, Err(AccountError::Revoked)));
    assert!(matches!(accounts.revoke_key("test", other.id).await, Err(AccountError::NoKey)));
    let unknown = format!("{}x", &other.secret[..other.secret.len() - 1]);
    assert!(matches!(accounts.authenticate(&unknown).await, Err(AccountError::Token(TokenFault::Forged))));
    let said = format!("{:?}", accounts.audit_log(None, 100).await.unwrap());
    assert!(!said.contains("tlk_") && !said.contains(PASSWORD), "{said}");
}

#[tokio::test]
async fn registering_is_closed_unless_opened_and_makes_viewers() {
    let closed = world(AccountSettings::default()).await;
    let refused = closed.accounts.register("eve", PASSWORD, HERE).await;
    assert!(matches!(refused, Err(AccountError::RegistrationClosed)));
    let open = world(AccountSettings { registration: true, ..AccountSettings::default() }).await;
    assert_eq!(open.accounts.register("Eve", PASSWORD, HERE).await.unwrap().role, AccessRole::Viewer);
    assert!(matches!(open.accounts.register("eve", PASSWORD, HERE).await, Err(AccountError::NameTaken)));
    assert!(matches!(open.accounts.register("e e", PASSWORD, HERE).await, Err(AccountError::Name)));
    assert!(matches!(open.accounts.register("eva", "short", HERE).await, Err(AccountError::Password(_))));
}
