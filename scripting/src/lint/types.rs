//! What is known of the types of expressions without running them: results of rows, and variables
//! that are defined once and never assigned.

use super::Linted;
use crate::table::{Row, ScriptType, Vocabulary};
use infra_sdk::object::SecretText;
use rhai::{ASTNode, Expr, FnCallExpr, Position, Stmt};
use std::collections::{HashMap, HashSet};

/// The types of expressions, as far as they are known.
pub(super) struct Types<'a> {
    vocabulary: &'a Vocabulary,
    own: HashSet<String>,
    variables: HashMap<String, String>,
}

/// A method call whose receiver's type is known.
pub(super) struct Typed<'c> {
    pub(super) receiver: String,
    pub(super) call: &'c FnCallExpr,
    pub(super) position: Position,
}

impl<'a> Types<'a> {
    pub(super) fn of(script: &Linted<'a>) -> Self {
        let mut types = Self {
            vocabulary: &script.state.vocabulary,
            own: script
                .functions()
                .into_iter()
                .map(|(name, _)| name.to_owned())
                .collect(),
            variables: HashMap::new(),
        };
        let unsure = unsure_names(script);
        let earlier = script.state.earlier.types(script.name);
        let own = defined_names(script);
        let kept = |name: &String| !unsure.contains(name) && !own.contains(name);
        types
            .variables
            .extend(earlier.into_iter().filter(|(name, _)| kept(name)));
        script.ast.walk(&mut |path: &[ASTNode<'_>]| {
            if let Some(ASTNode::Stmt(Stmt::Var(parts, _, _))) = path.last() {
                let name = parts.0.name.as_str();
                if !unsure.contains(name)
                    && let Some(ty) = types.expression(&parts.1)
                {
                    types.variables.insert(name.to_owned(), ty);
                }
            }
            true
        });
        types
    }

    /// The type of an expression, where it is one of the table's.
    pub(super) fn expression(&self, expression: &Expr) -> Option<String> {
        match expression {
            // A text that is joined with a secret is one.
            Expr::FnCall(call, _) if call.name == "+" => {
                let secret = Some(SecretText::NAME);
                let mut parts = call.args.iter().map(|part| self.expression(part));
                parts.find(|part| part.as_deref() == secret).flatten()
            }
            Expr::FnCall(call, _) if !call.is_qualified() => self.function(call),
            Expr::Variable(parts, _, _) if parts.2.is_empty() => {
                self.variables.get(parts.1.as_str()).cloned()
            }
            Expr::Dot(parts, _, _) => {
                let start = self.expression(&parts.lhs);
                self.chain(start, &parts.rhs, &mut |_| ())
            }
            _ => None,
        }
    }

    fn function(&self, call: &FnCallExpr) -> Option<String> {
        let name = call.name.as_str();
        if self.own.contains(name) {
            return None;
        }
        let row = self
            .vocabulary
            .functions(name)
            .find(|row| row.takes(call.args.len()))?;
        self.result(row)
    }

    fn result(&self, row: &Row) -> Option<String> {
        let name = row.result.name.as_ref();
        self.vocabulary.is_type(name).then(|| name.to_owned())
    }

    /// Follows a chain of calls; each whose receiver's type is known is visited.
    pub(super) fn chain(
        &self,
        start: Option<String>,
        rest: &Expr,
        visit: &mut dyn FnMut(&Typed<'_>),
    ) -> Option<String> {
        match rest {
            Expr::MethodCall(call, position) => {
                let receiver = start?;
                visit(&Typed {
                    receiver: receiver.clone(),
                    call,
                    position: *position,
                });
                if self.own.contains(call.name.as_str()) {
                    return None;
                }
                let row = self
                    .vocabulary
                    .methods(&receiver, call.name.as_str())
                    .find(|row| row.takes(call.args.len()))?;
                self.result(row)
            }
            Expr::Dot(parts, _, _) => {
                let next = self.chain(start, &parts.lhs, visit);
                self.chain(next, &parts.rhs, visit)
            }
            _ => None,
        }
    }

    /// Every method call of a script whose receiver's type is known.
    pub(super) fn calls(&self, script: &Linted<'_>, visit: &mut dyn FnMut(&Typed<'_>)) {
        script.ast.walk(&mut |path: &[ASTNode<'_>]| {
            let Some(ASTNode::Expr(Expr::Dot(parts, _, _))) = path.last() else {
                return true;
            };
            let inner = match path.len().checked_sub(2).map(|above| &path[above]) {
                Some(ASTNode::Expr(Expr::Dot(above, _, _))) => {
                    matches!(&above.rhs, Expr::Dot(same, _, _) if std::ptr::eq(same, parts))
                }
                _ => false,
            };
            if !inner {
                self.chain(self.expression(&parts.lhs), &parts.rhs, visit);
            }
            true
        });
    }
}

/// The variables that a script defines.
fn defined_names(script: &Linted<'_>) -> HashSet<String> {
    let mut defined = HashSet::new();
    script.ast.walk(&mut |path: &[ASTNode<'_>]| {
        if let Some(ASTNode::Stmt(Stmt::Var(parts, _, _))) = path.last() {
            defined.insert(parts.0.name.to_string());
        }
        true
    });
    defined
}

/// Names that may stand for more than one thing: parameters, loop variables, what is defined twice or
/// assigned.
fn unsure_names(script: &Linted<'_>) -> HashSet<String> {
    let mut unsure: HashSet<String> = script
        .ast
        .iter_functions()
        .flat_map(|function| function.params.into_iter().map(str::to_owned))
        .collect();
    let mut defined: HashSet<String> = HashSet::new();
    script.ast.walk(&mut |path: &[ASTNode<'_>]| {
        match path.last() {
            Some(ASTNode::Stmt(Stmt::Var(parts, _, _))) => {
                let name = parts.0.name.to_string();
                if !defined.insert(name.clone()) {
                    unsure.insert(name);
                }
            }
            Some(ASTNode::Stmt(Stmt::For(parts, _))) => {
                unsure.insert(parts.0.name.to_string());
                unsure.extend(parts.1.iter().map(|name| name.name.to_string()));
            }
            Some(ASTNode::Stmt(Stmt::TryCatch(flow, _))) => {
                if let Expr::Variable(name, _, _) = &flow.expr {
                    unsure.insert(name.1.to_string());
                }
            }
            Some(ASTNode::Stmt(Stmt::Assignment(parts))) => {
                if let Expr::Variable(name, _, _) = &parts.1.lhs {
                    unsure.insert(name.1.to_string());
                }
            }
            _ => {}
        }
        true
    });
    unsure
}
