//! One row: a function of the script language.

use super::call::Call;
use super::fault::Fault;
use super::function::RowFunction;
use super::live::Effect;
use super::value::{ScriptType, TypeEntry};
use crate::session::ClusterHandle;
use rhai::Dynamic;
use std::borrow::Cow;
use std::ops::RangeInclusive;

/// A type as the reference and completion name it.
#[derive(Clone, Debug)]
pub struct Type {
    /// Its name: `int`, `string`, `deployment`, `array of string`.
    pub name: Cow<'static, str>,
    /// Its entry, where it is a script type.
    pub entry: Option<&'static TypeEntry>,
}

/// What is expected, in words that follow "must be"; asked only where they are needed.
pub type Expected = fn() -> Cow<'static, str>;

/// A parameter that a script fills.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: Type,
    /// What is expected, in words that follow "must be".
    pub expected: Expected,
    /// Whether it may be left out.
    pub optional: bool,
}

impl Argument {
    /// Its type as a signature says it, where what may be left out is marked.
    pub(crate) fn ty_in_words(&self) -> &str {
        let name = self.ty.name.as_ref();
        if self.optional {
            name.trim_end_matches(" or ()")
        } else {
            name
        }
    }
}

pub(crate) type Body = dyn Fn(&mut Call<'_, '_>) -> Result<Dynamic, Fault> + Send + Sync;

/// A function, method or property of the script language.
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// The type that it is a method of.
    pub receiver: Option<Type>,
    /// The arguments after the receiver.
    pub arguments: Vec<Argument>,
    /// What it gives.
    pub result: Type,
    /// What it does besides.
    pub effect: Effect,
    /// What it means, units and default, as Markdown.
    pub doc: &'static str,
    /// A script that shows it and runs.
    pub example: &'static str,
    /// The field of the Kubernetes object that it sets, as a run of segments of its path.
    pub maps: &'static str,
    /// Whether it can be assigned too: `app.replicas = 5`.
    pub property: bool,
    /// Whether it is a method of `cluster("context")` too, for another cluster than the run's.
    pub on_cluster: bool,
    /// Types of values that come of it, and that its own types do not name: those of a function's
    /// arguments, and of fields.
    pub(crate) brings: Vec<&'static TypeEntry>,
    /// Whether it stands in for a function of Rhai's own library that takes a number.
    pub(crate) instead: bool,
    pub(crate) body: Box<Body>,
}

/// A row from its name, its parameters' names (the first one `self` for a method, the last ones with a
/// `?` where they may be left out) and its function.
///
/// Parameter types, result and effect are the function's own.
pub fn row<F, A>(name: &'static str, parameters: &[&'static str], function: F) -> Row
where
    F: RowFunction<A>,
{
    let signature = F::signature();
    let mut types = signature.parameters.into_iter();
    let mut names = parameters.iter().copied();
    let receiver = (parameters.first() == Some(&"self")).then(|| {
        names.next();
        types.next().map(|(ty, _)| ty)
    });
    let arguments: Vec<Argument> = types
        .map(|(ty, expected)| {
            let name = names.next().unwrap_or("value");
            let (name, optional) = name
                .strip_suffix('?')
                .map_or((name, false), |name| (name, true));
            Argument {
                name,
                ty,
                expected,
                optional,
            }
        })
        .collect();
    debug_assert_eq!(
        parameters.len(),
        arguments.len() + usize::from(receiver.is_some()),
        "row `{name}` names as many parameters as its function takes"
    );
    debug_assert!(
        arguments.is_sorted_by_key(|argument| argument.optional),
        "row `{name}` names what may be left out last"
    );
    Row {
        name,
        receiver: receiver.flatten(),
        arguments,
        result: signature.result,
        effect: signature.effect,
        doc: "",
        example: "",
        maps: "",
        property: false,
        on_cluster: false,
        brings: Vec::new(),
        instead: false,
        body: Box::new(move |call| function.call(call)),
    }
}

impl Row {
    /// The same, documented.
    #[must_use]
    pub fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// The same, with the field that it sets, so that errors about the field find its line.
    #[must_use]
    pub fn maps(mut self, field: &'static str) -> Self {
        self.maps = field;
        self
    }

    /// The same, with an example, which a test runs.
    #[must_use]
    pub fn example(mut self, example: &'static str) -> Self {
        self.example = example;
        self
    }

    /// The same, also as a property that can be assigned.
    #[must_use]
    pub fn property(mut self) -> Self {
        self.property = true;
        self
    }

    /// The same, also as a method of `cluster("context")`: it is then about that cluster.
    #[must_use]
    pub fn on_cluster(mut self) -> Self {
        self.on_cluster = true;
        self
    }

    /// The same, which hands values of a type to a function of the script, or has them as fields.
    #[must_use]
    pub fn brings<T: ScriptType>(mut self) -> Self {
        self.brings.push(TypeEntry::of::<T>());
        self
    }

    /// The same, in the place of a function of Rhai's own library that takes one number, which would
    /// be found first because it names its argument's type.
    #[must_use]
    pub(crate) fn instead_of_library(mut self) -> Self {
        self.instead = true;
        self
    }

    /// The receiver's name, if it is a method.
    pub fn receiver_name(&self) -> Option<&str> {
        self.receiver.as_ref().map(|ty| ty.name.as_ref())
    }

    /// The numbers of arguments that it takes after the receiver.
    pub fn counts(&self) -> RangeInclusive<usize> {
        let optional = self.arguments.iter().filter(|argument| argument.optional);
        self.arguments.len() - optional.count()..=self.arguments.len()
    }

    /// Whether it takes so many arguments after the receiver.
    pub fn takes(&self, given: usize) -> bool {
        self.counts().contains(&given)
    }

    /// Whether it is a method of some type.
    pub fn is_method(&self) -> bool {
        self.receiver.is_some() || self.on_cluster
    }

    /// Whether it is a method of this type.
    pub fn is_method_of(&self, receiver: &str) -> bool {
        self.receiver_name() == Some(receiver) || self.on_cluster && receiver == ClusterHandle::NAME
    }

    /// Whether it is a function of its own.
    pub fn is_function(&self) -> bool {
        self.receiver.is_none()
    }

    /// Whether it gives its receiver back, changed: a builder's setter.
    pub fn is_setter(&self) -> bool {
        self.effect == Effect::None
            && self
                .receiver
                .as_ref()
                .is_some_and(|ty| ty.name == self.result.name)
    }

    /// `deployment.replicas(count: int) -> deployment`.
    pub fn signature(&self) -> String {
        use std::fmt::Write as _;
        let mut text = String::new();
        if let Some(receiver) = self.receiver_name() {
            text.push_str(receiver);
            text.push('.');
        }
        text.push_str(self.name);
        text.push('(');
        for (index, argument) in self.arguments.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let mark = if argument.optional { "?" } else { "" };
            let _ = write!(
                text,
                "{comma}{}{mark}: {}",
                argument.name,
                argument.ty_in_words()
            );
        }
        text.push(')');
        if self.result.name != "()" {
            let _ = write!(text, " -> {}", self.result.name);
        }
        text
    }
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.signature())
    }
}
