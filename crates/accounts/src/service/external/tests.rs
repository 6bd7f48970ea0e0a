use super::*;
use crate::service::AccountSettings;
use crate::service::tests::world;
use async_trait::async_trait;
use std::sync::Mutex;
use touchline_domain::ports::AccountReader;

const HERE: &str = "192.0.2.1";

/// An issuer that says what it is told to, once it has seen the proof of what it was asked.
struct Issuer {
    says: Mutex<Result<Identity, IdentityError>>,
    asked: Mutex<Option<(String, String)>>,
}

#[async_trait]
impl IdentityProvider for Issuer {
    async fn authorization_url(&self, asked: Asked<'_>) -> Result<String, IdentityError> {
        *self.asked.lock().unwrap() = Some((asked.nonce.to_owned(), asked.challenge.to_owned()));
        Ok(format!("https://id.example/?state={}", asked.state))
    }

    async fn identity(&self, _: &str, verifier: &str, nonce: &str) -> Result<Identity, IdentityError> {
        let (expected, challenge) = self.asked.lock().unwrap().clone().unwrap();
        let proof =
            Flow { verifier: verifier.to_owned(), state: String::new(), nonce: String::new(), exp: 0 };
        assert_eq!((nonce, proof.challenge()), (expected.as_str(), challenge), "of the login that was begun");
        self.says.lock().unwrap().clone()
    }
}

fn somebody(subject: &str, name: &str, roles: &[&str]) -> Identity {
    Identity {
        issuer: "https://id.example".to_owned(),
        subject: subject.to_owned(),
        name: Some(name.to_owned()),
        verified_mail: Some(format!("{name}@example.org")),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
    }
}

fn rules() -> IdentityRules {
    IdentityRules {
        roles: vec![("staff".to_owned(), AccessRole::Operator), ("boss".to_owned(), AccessRole::Admin)],
        default_role: Some(AccessRole::Viewer),
        create: true,
    }
}

async fn login(
    accounts: &Accounts,
    rules: &IdentityRules,
    says: Identity,
) -> Result<TokenPair, AccountError> {
    let issuer = Issuer { says: Mutex::new(Ok(says)), asked: Mutex::default() };
    let begun = accounts.begin_login_at(&issuer).await?;
    let state = begun.url.split("state=").nth(1).unwrap();
    accounts.end_login_at(&issuer, rules, (&begun.flow, state, "code"), HERE).await
}

#[tokio::test]
async fn somebody_gets_an_account_once_and_the_role_that_he_has_now() {
    let world = world(AccountSettings::default()).await;
    let accounts = &world.accounts;
    let first = login(accounts, &rules(), somebody("1", "cleo", &["staff"])).await.unwrap();
    assert_eq!((first.user.name.as_str(), first.user.role), ("cleo", AccessRole::Operator));
    assert!(accounts.authenticate(&first.access).await.is_ok());
    let again = login(accounts, &rules(), somebody("1", "renamed", &[])).await.unwrap();
    assert_eq!((again.user.id, again.user.name.as_str()), (first.user.id, "cleo"));
    assert_eq!(again.user.role, AccessRole::Viewer, "the role follows the claim");
    let other = login(accounts, &rules(), somebody("2", "cleo", &[])).await.unwrap();
    assert_ne!(other.user.id, first.user.id);
    assert!(other.user.name.starts_with("cleo-"), "{}", other.user.name);
    // No password opens it.
    assert!(accounts.login("cleo", "", HERE).await.is_err());
    let actions = world.actions().await;
    assert!(
        actions.contains(&"add user".to_owned()) && actions.contains(&"change user".to_owned()),
        "{actions:?}"
    );
}

#[tokio::test]
async fn an_account_that_is_there_is_never_taken_over() {
    let world = world(AccountSettings::default()).await;
    let accounts = &world.accounts;
    // The administrator is called ann; so does somebody call himself elsewhere, with a mail address that is verified.
    let taken = login(accounts, &rules(), somebody("9", "ann", &[])).await.unwrap();
    assert_ne!(taken.user.name, "ann");
    assert_eq!(taken.user.role, AccessRole::Viewer);
    // Whoever keeps accounts links it on purpose, once.
    accounts.link_identity("test", "ann", "https://id.example", "10").await.unwrap();
    let again = accounts.link_identity("test", "ann", "https://id.example", "10").await;
    assert!(matches!(again, Err(AccountError::IdentityTaken)));
    let linked = login(accounts, &IdentityRules { roles: Vec::new(), ..rules() }, somebody("10", "x", &[]))
        .await
        .unwrap();
    assert_eq!(
        (linked.user.name.as_str(), linked.user.role),
        ("ann", AccessRole::Admin),
        "without roles there, the own one"
    );
    let kept = login(accounts, &rules(), somebody("10", "x", &[])).await.unwrap();
    assert_eq!(kept.user.role, AccessRole::Admin, "the last administrator stays one");
    assert_eq!(world.store.user_of_identity("https://other", "10").await.unwrap(), None);
}

#[tokio::test]
async fn who_may_not_in_stays_out_and_that_is_written_down() {
    let world = world(AccountSettings::default()).await;
    let accounts = &world.accounts;
    let closed = IdentityRules { create: false, ..rules() };
    let none = login(accounts, &closed, somebody("1", "cleo", &[])).await;
    assert!(matches!(none, Err(AccountError::NoIdentity)));
    let roleless = IdentityRules { default_role: None, ..rules() };
    assert!(matches!(
        login(accounts, &roleless, somebody("1", "cleo", &["x"])).await,
        Err(AccountError::NoRole)
    ));
    login(accounts, &rules(), somebody("1", "cleo", &[])).await.unwrap();
    accounts.change_user("test", "cleo", None, Some(true)).await.unwrap();
    assert!(matches!(
        login(accounts, &rules(), somebody("1", "cleo", &[])).await,
        Err(AccountError::Revoked)
    ));
    let refused = world.actions().await.iter().filter(|action| *action == "login refused").count();
    assert_eq!(refused, 3);
}

#[tokio::test]
async fn what_comes_back_belongs_to_what_was_asked_here_and_not_long_ago() {
    let world = world(AccountSettings::default()).await;
    let accounts = &world.accounts;
    let issuer = Issuer { says: Mutex::new(Ok(somebody("1", "cleo", &[]))), asked: Mutex::default() };
    let begun = accounts.begin_login_at(&issuer).await.unwrap();
    let state = begun.url.split("state=").nth(1).unwrap();
    let end = async |flow: &str, state: &str| {
        accounts.end_login_at(&issuer, &rules(), (flow, state, "code"), HERE).await.map(|_| ())
    };
    let forged =
        |result: Result<(), AccountError>| matches!(result, Err(AccountError::Token(TokenFault::Forged)));
    assert!(forged(end(&begun.flow, "another").await), "the state of another login");
    assert!(forged(end("tlf_x.y.z", state).await));
    assert!(forged(end(&begun.flow.replacen('a', "b", 1), state).await) || !begun.flow.contains('a'));
    *issuer.says.lock().unwrap() = Err(IdentityError::Refused("no".to_owned()));
    assert!(matches!(end(&begun.flow, state).await, Err(AccountError::Identity(_))));
    *issuer.says.lock().unwrap() = Ok(somebody("1", "cleo", &[]));
    world.pass(599);
    assert!(end(&begun.flow, state).await.is_ok());
    world.pass(1);
    assert!(matches!(end(&begun.flow, state).await, Err(AccountError::Token(TokenFault::Expired))));
}
