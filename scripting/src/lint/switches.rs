//! `switch secret { … }`: Rhai finds no branch for a value that it cannot hash, and silently takes
//! `_`. What a parameter of a function stands for is not known here.

use super::Linted;
use super::types::Types;
use crate::diagnostic::Diagnostic;
use rhai::{ASTNode, Stmt};

pub(super) fn check(script: &Linted<'_>, types: &Types<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    script.ast.walk(&mut |path: &[ASTNode<'_>]| {
        if let Some(ASTNode::Stmt(Stmt::Switch(parts, position))) = path.last()
            && let Some(ty) = types.expression(&parts.0)
        {
            let ty = crate::diagnostic::article(&ty);
            found.push(
                script
                    .at(
                        format!(
                            "`switch` cannot compare {ty}: no branch but `_` would ever be taken"
                        ),
                        *position,
                    )
                    .help("`switch` chooses by a text, a number or a boolean, such as a parameter"),
            );
        }
        true
    });
    found
}
