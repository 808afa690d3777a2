//! Values that are made once, and are nowhere to be seen.

use super::bench::{Bench, namespace, secret, shop};
use base64::{Engine as _, engine::general_purpose::STANDARD};

fn text(value: &serde_json::Value) -> String {
    String::from_utf8(STANDARD.decode(value.as_str().unwrap()).unwrap()).unwrap()
}

#[tokio::test]
async fn a_value_is_made_once_and_read_back() {
    let bench = Bench::new().await;
    let objects = || shop([namespace(), secret("db")]);
    let plan = bench.plan(&objects()).await.unwrap();
    assert!(
        plan.steps[1]
            .notes
            .contains(&"`password` is generated".to_owned()),
        "{:#?}",
        plan.steps
    );
    let (outcome, _) = bench.apply(&plan).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    let live = bench.get("v1", "Secret", "db").await.unwrap();
    let password = text(&live["data"]["password"]);
    assert_eq!(password.len(), 24);
    assert_eq!(
        text(&live["data"]["address"]),
        format!("redis://:{password}")
    );
    assert!(!format!("{plan:?}").contains(&password));

    let again = bench.plan(&objects()).await.unwrap();
    assert!(again.is_empty(), "{:#?}", again.steps);
}

#[tokio::test]
async fn a_secret_that_changes_is_masked() {
    let bench = Bench::new().await;
    let with = |value: &str| {
        let mut secret = secret("db");
        secret
            .secrets
            .insert("token".into(), crate::object::SecretText::text(value));
        shop([namespace(), secret])
    };
    let (outcome, _) = bench.run(&with("first-token")).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    let plan = bench.plan(&with("other-token")).await.unwrap();
    let change = &plan.steps[1].changes[0];
    assert_eq!(change.path, ".data.token");
    assert!(change.secret && change.before.is_none() && change.after.is_none());
    let shown = serde_json::to_string(&plan).unwrap() + &format!("{plan:?}");
    for hidden in [
        "first-token",
        "other-token",
        &STANDARD.encode("first-token"),
        &STANDARD.encode("other-token"),
    ] {
        assert!(!shown.contains(hidden), "{hidden}");
    }
}
