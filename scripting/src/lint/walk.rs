//! Calls in a script's tree, and the statements whose value goes nowhere.

use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt};
use std::collections::HashSet;

/// A call as it stands.
pub(super) struct Found<'a> {
    pub(super) call: &'a FnCallExpr,
    pub(super) position: Position,
    /// Whether it stands behind a dot.
    pub(super) method: bool,
}

/// Every call of a script, in branches that are not taken too.
pub(super) fn calls(ast: &AST, mut each: impl FnMut(&Found<'_>)) {
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        match path.last() {
            Some(
                ASTNode::Expr(Expr::FnCall(call, position))
                | ASTNode::Stmt(Stmt::FnCall(call, position)),
            ) => {
                each(&Found {
                    call,
                    position: *position,
                    method: false,
                });
            }
            Some(ASTNode::Expr(Expr::MethodCall(call, position))) => {
                each(&Found {
                    call,
                    position: *position,
                    method: true,
                });
            }
            _ => {}
        }
        true
    });
}

/// Keys of maps, in literals and as properties: functions can be kept under them and called like
/// methods.
pub(super) fn keys(ast: &AST) -> HashSet<String> {
    let mut found = HashSet::new();
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        match path.last() {
            Some(ASTNode::Expr(Expr::Map(map, _))) => {
                found.extend(map.0.iter().map(|(key, _)| key.name.to_string()));
            }
            Some(ASTNode::Expr(Expr::Property(property, _))) => {
                found.insert(property.2.to_string());
            }
            _ => {}
        }
        true
    });
    found
}

/// Statements that are expressions and whose value nobody takes: not the last of a body, which is
/// its value, at every depth that the value comes out of.
pub(super) fn dropped(ast: &AST, each: &mut impl FnMut(&Expr)) {
    block(ast.statements(), true, each);
    for function in ast.iter_functions() {
        let (name, parameters) = (function.name, function.params.len());
        // `clone_functions_only_filtered` of Rhai 1.27 does not filter.
        let mut alone = ast.clone_functions_only();
        alone.retain_functions(|_, _, other, count| other == name && count == parameters);
        let mut statements = 0_usize;
        roots(&alone, &mut |_| statements += 1);
        let mut index = 0;
        roots(&alone, &mut |root| {
            index += 1;
            statement(root, index == statements, each);
        });
    }
    // Blocks inside expressions: `let x = if … { … }`.
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        if let Some(ASTNode::Expr(Expr::Stmt(inner))) = path.last() {
            block(inner.statements(), true, each);
        }
        true
    });
}

/// The outermost statements of a tree.
fn roots(ast: &AST, each: &mut dyn FnMut(&Stmt)) {
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        if let [ASTNode::Stmt(root)] = path {
            each(root);
        }
        true
    });
}

fn block(statements: &[Stmt], gives: bool, each: &mut impl FnMut(&Expr)) {
    let last = statements.len().saturating_sub(1);
    for (index, one) in statements.iter().enumerate() {
        statement(one, gives && index == last, each);
    }
}

fn statement(one: &Stmt, gives: bool, each: &mut impl FnMut(&Expr)) {
    match one {
        Stmt::Expr(expression) if !gives => each(expression),
        Stmt::If(flow, _) => {
            block(flow.body.statements(), gives, each);
            block(flow.branch.statements(), gives, each);
        }
        Stmt::While(flow, _) | Stmt::Do(flow, _, _) => block(flow.body.statements(), false, each),
        Stmt::For(parts, _) => block(parts.2.body.statements(), false, each),
        Stmt::Block(inner) => block(inner.statements(), gives, each),
        Stmt::TryCatch(flow, _) => {
            block(flow.body.statements(), false, each);
            block(flow.branch.statements(), false, each);
        }
        _ => {}
    }
}
