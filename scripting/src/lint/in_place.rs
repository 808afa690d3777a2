//! `let t = s.trim();`: some functions of Rhai change what stands before the dot and give nothing.

use super::Linted;
use crate::diagnostic::Diagnostic;
use rhai::{ASTNode, Expr, Stmt};

/// Their names, and how many arguments they take.
const IN_PLACE: [(&str, usize); 11] = [
    ("trim", 0),
    ("replace", 2),
    ("make_upper", 0),
    ("make_lower", 0),
    ("push", 1),
    ("append", 1),
    ("insert", 2),
    ("reverse", 0),
    ("sort", 0),
    ("sort", 1),
    ("clear", 0),
];

pub(super) fn check(script: &Linted<'_>) -> Vec<Diagnostic> {
    let own = script.functions();
    let mut found = Vec::new();
    script.ast.walk(&mut |path: &[ASTNode<'_>]| {
        let Some(ASTNode::Stmt(Stmt::Var(parts, _, _))) = path.last() else {
            return true;
        };
        let mut last = &parts.1;
        while let Expr::Dot(chain, _, _) = last {
            last = &chain.rhs;
        }
        let Expr::MethodCall(call, position) = last else {
            return true;
        };
        let name = call.name.as_str();
        let in_place = IN_PLACE.contains(&(name, call.args.len()))
            && own.iter().all(|(own, _)| *own != name)
            && script.state.vocabulary.named(name).next().is_none();
        if in_place {
            let variable = parts.0.name.as_str();
            found.push(
                script
                    .at(
                        format!("`{name}` changes the value before the dot and gives nothing"),
                        *position,
                    )
                    .help(format!(
                        "copy first: `let {variable} = …; {variable}.{name}(…);`"
                    )),
            );
        }
        true
    });
    found
}
