//! What stands in a script, without evaluating it.

use super::inputs::{ParamValue, Parameter};
use super::procedure::{Procedure, plain_doc, procedures};
use rhai::{AST, ASTNode, Expr, Stmt};

/// What a script has, read without evaluating it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Description {
    /// The comment at its top (`//! …`).
    pub doc: String,
    /// The names of its environments, as far as they stand in it as strings.
    pub environments: Vec<String>,
    /// Its parameters, with those defaults that stand in it as literals.
    pub parameters: Vec<Parameter>,
    /// Its procedures.
    pub procedures: Vec<Procedure>,
}

/// What stands in a script, without evaluating it.
pub(crate) fn describe(ast: &AST) -> Description {
    let mut description = Description {
        doc: plain_doc(&[ast.doc()]),
        procedures: procedures(ast),
        ..Description::default()
    };
    let literal = |expression: &Expr| match expression {
        Expr::BoolConstant(value, _) => Some(ParamValue::Bool(*value)),
        Expr::IntegerConstant(value, _) => Some(ParamValue::Int(*value)),
        Expr::FloatConstant(value, _) => Some(ParamValue::Float(**value)),
        Expr::StringConstant(value, _) => Some(ParamValue::Text(value.to_string())),
        _ => None,
    };
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        let Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _))) =
            path.last()
        else {
            return true;
        };
        let Some(ParamValue::Text(name)) = call.args.first().and_then(literal) else {
            return true;
        };
        match call.name.as_str() {
            "environment" if !description.environments.contains(&name) => {
                description.environments.push(name);
            }
            "param"
                if description
                    .parameters
                    .iter()
                    .all(|known| known.name != name) =>
            {
                description.parameters.push(Parameter {
                    name,
                    default: call.args.get(1).and_then(literal),
                    value: None,
                });
            }
            _ => {}
        }
        true
    });
    description
}
