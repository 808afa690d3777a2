//! What procedures may reach besides the cluster: the caller's secrets, the network, and the user.

use crate::source::Sources;
use crate::ui::Ui;
use infra_scripting::session::{Question, Reply, World};
use infra_sdk::operation::{Internet, InternetOptions};
use std::sync::Arc;
use tokio::sync::oneshot;

/// The world of a command. With `yes`, every question whether to go on has its answer.
pub(crate) fn world(ui: Ui, yes: bool, secrets: &Arc<Sources>) -> World {
    let variable = |names: &[&str]| {
        let mut values = names.iter().filter_map(|name| std::env::var(name).ok());
        values.find(|value| !value.is_empty())
    };
    let internet = Internet::new(InternetOptions {
        https_proxy: variable(&["HTTPS_PROXY", "https_proxy"]),
        // Only the lower-case one: a web server puts a client's header `Proxy` into the other.
        http_proxy: variable(&["http_proxy"]),
        no_proxy: variable(&["NO_PROXY", "no_proxy"]),
    });
    World {
        secrets: Arc::clone(secrets) as _,
        exchange: Arc::new(internet),
        ask: Arc::new(move |question| {
            Box::pin(async move {
                if yes && matches!(question, Question::Confirm(_)) {
                    return Reply::Yes;
                }
                let (answer, answered) = oneshot::channel();
                // A thread of its own: whoever reads a terminal cannot be called back, and Ctrl-C must
                // not wait for them.
                std::thread::spawn(move || answer.send(ask(ui, &question)));
                answered.await.unwrap_or(Reply::Nobody)
            })
        }),
    }
}

fn ask(ui: Ui, question: &Question) -> Reply {
    match question {
        Question::Confirm(question) => match ui.confirm(question) {
            Some(true) => Reply::Yes,
            Some(false) => Reply::No,
            None => Reply::Nobody,
        },
        Question::Prompt(question, default) => {
            let default = default.as_deref().unwrap_or_default();
            ui.ask(question, default).map_or(Reply::Nobody, Reply::Line)
        }
    }
}
