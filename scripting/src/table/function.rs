//! Rust functions as rows: their types say the signature.

use super::call::Call;
use super::fault::Fault;
use super::live::Effect;
use super::output::Output;
use super::param::{Param, ParamKind};
use super::row::{Expected, Type};
use rhai::Dynamic;

/// What a function's types say.
pub struct Signature {
    pub(crate) parameters: Vec<(Type, Expected)>,
    pub(crate) result: Type,
    pub(crate) effect: Effect,
}

/// A Rust function that can be a row: its parameters are [`Param`]s, its result an [`Output`].
pub trait RowFunction<A>: Send + Sync + 'static {
    /// What its types say.
    fn signature() -> Signature;

    /// Calls it with a script's arguments.
    fn call(&self, call: &mut Call<'_, '_>) -> Result<Dynamic, Fault>;
}

fn note<P: Param>(parameters: &mut Vec<(Type, Expected)>, effect: &mut Effect) {
    match P::KIND {
        ParamKind::Script => parameters.push((P::ty(), P::expected)),
        ParamKind::Host(own) => *effect = (*effect).max(own),
    }
}

macro_rules! functions {
    ($($name:ident)*) => {
        impl<F, R, $($name),*> RowFunction<($($name,)*)> for F
        where
            F: Fn($($name),*) -> R + Send + Sync + 'static,
            R: Output,
            $($name: Param),*
        {
            fn signature() -> Signature {
                #[allow(unused_mut, reason = "no parameters, nothing to change")]
                let (mut parameters, mut effect) = (Vec::new(), Effect::None);
                $(note::<$name>(&mut parameters, &mut effect);)*
                Signature { parameters, result: R::ty(), effect }
            }

            #[allow(non_snake_case, reason = "one variable for each type parameter")]
            fn call(&self, call: &mut Call<'_, '_>) -> Result<Dynamic, Fault> {
                $(let $name = call.take::<$name>()?;)*
                self($($name),*).give(call)
            }
        }
    };
}

functions!();
functions!(A);
functions!(A B);
functions!(A B C);
functions!(A B C D);
functions!(A B C D E);
functions!(A B C D E G);
