//! Accounts, sessions, keys and the audit log.

use super::fixture::prelude::*;
use super::fixture::{join, refused};
use crate::ports::Store;
use crate::{AccessRole, NewApiKey, NewAudit, Permission, UserChange};
use chrono::{DateTime, Utc};
use std::cell::Cell;
use std::ops::Deref;

const HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA";
const SESSION: &str = "0123456789abcdef0123456789abcdef";

/// After and before every clock of a store under test.
fn late() -> DateTime<Utc> {
    DateTime::from_timestamp(7_000_000_000, 0).expect("a time in 2191")
}

async fn ann(store: &(impl Store + ?Sized), role: AccessRole) -> i64 {
    store.add_user("ann", HASH, role).await.expect("added").expect("a new name")
}

/// A second account of the name is not made, and the first stays as it is.
pub async fn a_name_belongs_to_one_account<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    assert_eq!(store.user_named("ann").await.expect("read"), None);
    let id = ann(&*store, AccessRole::Analyst).await;
    assert_eq!(store.add_user("ann", HASH, AccessRole::Admin).await.expect("asked"), None);
    let ben = store.add_user("ben", HASH, AccessRole::Viewer).await.expect("added").expect("new");
    assert_ne!(ben, id);
    let (user, hash) = store.user_named("ann").await.expect("read").expect("held");
    assert_eq!(
        (user.id, user.role, user.is_disabled, user.last_login_at),
        (id, AccessRole::Analyst, false, None)
    );
    assert_eq!(hash, HASH);
    assert_eq!(store.user_named("Ann").await.expect("read"), None, "names are compared byte for byte");
    let all: Vec<_> = store.users().await.expect("read").into_iter().map(|user| user.name).collect();
    assert_eq!(all, ["ann", "ben"]);
}

/// Another password or disabling ends what was logged in; another role does not.
pub async fn what_is_changed_ends_sessions<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let id = ann(&*store, AccessRole::Viewer).await;
    let goes_on = async |session: &str| {
        let (session, user) = store.session(session).await.expect("read").expect("held");
        assert_eq!(session.user_id, user.id);
        session.ended_at.is_none()
    };
    let change = async |change: UserChange| assert!(store.change_user(id, &change).await.expect("changed"));
    store.start_session(SESSION, id, late()).await.expect("started");
    let user = store.user_named("ann").await.expect("read").expect("held").0;
    assert!(user.last_login_at.is_some());
    change(UserChange { role: Some(AccessRole::Operator), ..UserChange::default() }).await;
    assert!(goes_on(SESSION).await);
    assert_eq!(store.session(SESSION).await.expect("read").expect("held").1.role, AccessRole::Operator);
    change(UserChange { password_hash: Some(format!("{HASH}2")), ..UserChange::default() }).await;
    assert!(!goes_on(SESSION).await);
    let second = SESSION.replace('0', "1");
    store.start_session(&second, id, late()).await.expect("started");
    change(UserChange { is_disabled: Some(true), ..UserChange::default() }).await;
    assert!(!goes_on(&second).await);
    assert!(store.user_named("ann").await.expect("read").expect("held").0.is_disabled);
    assert!(!store.change_user(id + 100, &UserChange::default()).await.expect("asked"), "nobody");
}

/// One of several at once, none of an earlier generation, and none after its end.
pub async fn a_session_is_renewed_once_a_generation<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let id = ann(&*store, AccessRole::Viewer).await;
    store.start_session(SESSION, id, late()).await.expect("started");
    let renewed = Cell::new(0);
    let race = (0..6).map(|_| {
        Box::pin(async {
            if store.renew_session(SESSION, 0, late()).await.expect("asked") {
                renewed.set(renewed.get() + 1);
            }
        })
    });
    join(race.collect()).await;
    assert_eq!(renewed.get(), 1);
    assert_eq!(store.session(SESSION).await.expect("read").expect("held").0.generation, 1);
    assert!(!store.renew_session(SESSION, 0, late()).await.expect("asked"), "used before");
    assert!(store.renew_session(SESSION, 1, DateTime::UNIX_EPOCH).await.expect("asked"));
    assert!(!store.renew_session(SESSION, 2, late()).await.expect("asked"), "expired");
    assert!(store.end_session(SESSION).await.expect("ended"));
    assert!(!store.end_session(SESSION).await.expect("asked"), "ended before");
    assert!(!store.end_session("0").await.expect("asked"), "nobody's");
    assert_eq!(store.session("0").await.expect("read"), None);
}

/// With its scopes and its account; a revoked one is still found, as revoked.
pub async fn a_key_is_found_by_its_hash_until_it_is_revoked<H: Deref<Target: Store>>(
    fresh: impl AsyncFn() -> H,
) {
    let store = fresh().await;
    let user_id = ann(&*store, AccessRole::Operator).await;
    let new = NewApiKey {
        name: "nightly".to_owned(),
        user_id,
        hash: "ab".repeat(32),
        scopes: vec![Permission::Read, Permission::Seal],
        expires_at: Some(late()),
    };
    let id = store.add_key(&new).await.expect("added");
    let (key, user) = store.key_of(&new.hash).await.expect("read").expect("held");
    assert_eq!((key.id, user.id, &key.scopes, key.expires_at), (id, user_id, &new.scopes, Some(late())));
    assert_eq!((key.last_used_at, key.revoked_at), (None, None));
    store.note_key_use(id).await.expect("noted");
    assert!(store.api_keys().await.expect("read")[0].last_used_at.is_some());
    refused(store.add_key(&new).await, "the same key twice");
    refused(
        store.add_key(&NewApiKey { user_id: user_id + 100, hash: "cd".repeat(32), ..new.clone() }).await,
        "a key of nobody",
    );
    assert!(store.revoke_key(id).await.expect("revoked"));
    assert!(!store.revoke_key(id).await.expect("asked"), "revoked before");
    assert!(store.key_of(&new.hash).await.expect("read").expect("held").0.revoked_at.is_some());
    assert_eq!(store.key_of(&"cd".repeat(32)).await.expect("read"), None);
}

fn record(n: i64) -> NewAudit {
    NewAudit {
        actor: "user ann".to_owned(),
        action: "refused".to_owned(),
        subject: format!("POST /api/v1/{n}"),
        details: (n % 2 == 0).then(|| "{\"because\":\"Ä\"}".to_owned()),
    }
}

/// In order, and paged from its end.
pub async fn the_audit_log_only_grows<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let before = store.audit_log(None, 1).await.expect("read").first().map_or(0, |record| record.id);
    store.record_audit(&[record(0), record(1)]).await.expect("recorded");
    store.record_audit(&[record(2)]).await.expect("recorded");
    let all = store.audit_log(None, 3).await.expect("read");
    let said: Vec<_> = all.iter().map(|held| held.record.clone()).collect();
    assert_eq!(said, [record(2), record(1), record(0)]);
    assert!(all.iter().all(|held| held.id > before));
    let next = store.audit_log(Some(all[0].id), 1).await.expect("read");
    assert_eq!(next[0].record, record(1));
}

/// Texts that a store cannot keep as they are.
pub async fn hostile_accounts_are_refused<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    assert!(store.add_user("a\0b", HASH, AccessRole::Viewer).await.is_err(), "a name with a NUL");
    refused(store.add_user("", HASH, AccessRole::Viewer).await, "no name");
    refused(store.add_user("ann", "secret", AccessRole::Viewer).await, "a password that is not hashed");
    refused(store.start_session(SESSION, 77, late()).await, "a session of nobody");
    let hostile = NewAudit { subject: "a\0b".to_owned(), ..record(1) };
    assert!(store.record_audit(&[record(1), hostile]).await.is_err(), "a subject with a NUL");
    assert_eq!(store.users().await.expect("read"), []);
}

/// By issuer and subject together; the account of a name is not taken by an identity.
pub async fn an_identity_leads_to_one_account<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let ann = ann(&*store, AccessRole::Viewer).await;
    let of = async |issuer: &str, subject: &str| {
        store.user_of_identity(issuer, subject).await.expect("read").map(|user| user.id)
    };
    let add = async |name: &str, issuer: &str, subject: &str| {
        store.add_user_of_identity(name, HASH, AccessRole::Analyst, issuer, subject).await.expect("asked")
    };
    assert_eq!(of("https://a", "1").await, None);
    assert_eq!(add("ann", "https://a", "1").await, None, "the name is taken");
    assert_eq!(of("https://a", "1").await, None);
    let ben = add("ben", "https://a", "1").await.expect("a new account");
    assert_eq!(
        store.user_of_identity("https://a", "1").await.expect("read").expect("held").role,
        AccessRole::Analyst
    );
    assert_eq!((of("https://b", "1").await, of("https://a", "2").await), (None, None));
    assert_eq!(add("eve", "https://a", "1").await, None, "the identity has an account");
    assert_eq!(store.user_named("eve").await.expect("read"), None, "nothing is left of it");
    assert!(store.link_identity(ann, "https://a", "2").await.expect("linked"));
    assert!(!store.link_identity(ben, "https://a", "2").await.expect("asked"), "it leads to one");
    assert_eq!(of("https://a", "2").await, Some(ann));
    refused(store.link_identity(ann + 100, "https://a", "3").await, "an account that is none");
    refused(store.link_identity(ann, "https://a", "").await, "no subject");
}
