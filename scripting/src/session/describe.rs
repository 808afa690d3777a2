//! What stands in a script, without evaluating it.

use super::inputs::Parameter;
use super::param_value::ParamValue;
use super::procedure::{Procedure, plain_doc, procedures};
use rhai::{AST, ASTNode, Expr, Stmt};

/// What a script has, as far as that is known without a cluster.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Description {
    /// Its name, as the user wrote it.
    pub script: String,
    /// The comment at its top (`//! …`).
    pub doc: String,
    /// The names of its environments; where it cannot be evaluated, those that stand in it as strings.
    pub environments: Vec<String>,
    /// Its parameters and those of the scripts that it imports; where it cannot be evaluated, with
    /// those defaults that stand in it as literals, and without values.
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

/// The value of a literal.
fn literal(expression: &Expr) -> Option<ParamValue> {
    Some(match expression {
        Expr::BoolConstant(value, _) => ParamValue::Bool(*value),
        Expr::IntegerConstant(value, _) => ParamValue::Int(*value),
        Expr::FloatConstant(value, _) => ParamValue::Float(**value),
        Expr::StringConstant(value, _) => ParamValue::Text(value.to_string()),
        Expr::Array(items, _) => {
            ParamValue::Array(items.iter().map(literal).collect::<Option<_>>()?)
        }
        Expr::Map(entries, _) => ParamValue::Map(
            entries
                .0
                .iter()
                .map(|(key, value)| Some((key.name.to_string(), literal(value)?)))
                .collect::<Option<_>>()?,
        ),
        _ => return None,
    })
}
