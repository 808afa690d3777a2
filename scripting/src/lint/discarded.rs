//! `app.replicas(5);` gives a changed copy that nobody takes.

use super::{Linted, walk};
use crate::diagnostic::Diagnostic;
use rhai::{Expr, FnCallExpr, Position};

pub(super) fn check(script: &Linted<'_>) -> Vec<Diagnostic> {
    let own = script.functions();
    let mut found = Vec::new();
    walk::dropped(script.ast, &mut |expression| {
        let Some((call, position)) = last_method(expression) else {
            return;
        };
        let name = call.name.as_str();
        let mut rows = script
            .state
            .vocabulary
            .named(name)
            .filter(|row| row.is_method() && row.takes(call.args.len()))
            .peekable();
        let setter = rows.peek().is_some() && rows.all(crate::table::Row::is_setter);
        if !setter || own.iter().any(|(own, _)| *own == name) {
            return;
        }
        let error = script.at(
            format!("the result of `{name}` is thrown away, so it does nothing"),
            position,
        );
        let Some(receiver) = first_word(expression) else {
            found.push(error.help("give it a name: `let x = …`"));
            return;
        };
        let property = script
            .state
            .vocabulary
            .named(name)
            .any(|row| row.property && row.arguments.len() == call.args.len());
        let error = error.help(format!("keep it: `{receiver} = {receiver}.{name}(…)`"));
        found.push(if property {
            error.help(format!(
                "or change `{receiver}` in place: `{receiver}.{name} = …`"
            ))
        } else {
            error
        });
    });
    found
}

/// The last call of a chain.
fn last_method(expression: &Expr) -> Option<(&FnCallExpr, Position)> {
    match expression {
        Expr::Dot(parts, _, _) => last_method(&parts.rhs),
        Expr::MethodCall(call, position) => Some((call, *position)),
        _ => None,
    }
}

fn first_word(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Dot(parts, _, _) => first_word(&parts.lhs),
        Expr::Variable(parts, _, _) => Some(parts.1.as_str()),
        _ => None,
    }
}
