//! The handle through which all code sees a type.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Custom, ListKind, Scalar, Shape};
use crate::kind::Word;
use crate::table::{self, Default, Node};

/// No row of `FIELDS`: the type was not reached through a field.
const NO_FIELD: u16 = u16::MAX;

/// The type at some place of an object. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Type(Inner);

#[derive(Debug, Clone)]
enum Inner {
    Static { node: u16, field: u16 },
    Custom(Arc<Custom>),
}

/// A declared field of a struct.
#[derive(Debug, Clone)]
pub struct Field {
    /// Name in JSON.
    pub name: Word,
    /// Its type.
    pub ty: Type,
    /// Whether the schema requires it.
    pub required: bool,
}

/// How a strategic merge patch treats a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patch {
    /// Items are merged rather than replaced.
    pub merge: bool,
    /// An object is replaced rather than merged.
    pub replace: bool,
    /// Fields that the patch does not name under `$retainKeys` are cleared.
    pub retain_keys: bool,
    /// Field that identifies an item; empty for lists of scalars.
    pub merge_key: &'static str,
}

/// The static type with this number.
pub(crate) const fn node(node: u16) -> Type {
    Type(Inner::Static {
        node,
        field: NO_FIELD,
    })
}

impl Type {
    /// The type of what has no schema.
    pub const fn untyped() -> Self {
        node(0)
    }

    /// `metadata` of every object.
    pub const fn object_meta() -> Self {
        node(table::OBJECT_META)
    }

    /// The type of a body by group, version and kind: of objects and of what subresources take
    /// (`Scale`, `Eviction`, `TokenRequest`).
    pub fn of(group: &str, version: &str, kind: &str) -> Option<Self> {
        table::body(group, version, kind).map(node)
    }

    pub(crate) fn custom(custom: Custom) -> Self {
        Self(Inner::Custom(Arc::new(custom)))
    }

    pub(crate) fn as_custom(&self) -> Option<&Custom> {
        match &self.0 {
            Inner::Custom(custom) => Some(custom),
            Inner::Static { .. } => None,
        }
    }

    /// Whether the built-in tables describe it (a server decodes it into Go types).
    pub fn is_builtin(&self) -> bool {
        matches!(self.0, Inner::Static { node, .. } if node != 0)
    }

    fn node(&self) -> Node {
        match &self.0 {
            Inner::Static { node, .. } => table::NODES[*node as usize],
            Inner::Custom(_) => Node::Any,
        }
    }

    /// Whether it is a field of a built-in kind that may hold anything (`data` of a
    /// `ControllerRevision`).
    pub(crate) fn is_opaque(&self) -> bool {
        matches!(self.0, Inner::Static { node: 0, field } if field != NO_FIELD)
    }

    fn row(&self) -> Option<&'static table::Field> {
        match &self.0 {
            Inner::Static { field, .. } if *field != NO_FIELD => {
                Some(&table::FIELDS[*field as usize])
            }
            _ => None,
        }
    }

    /// What values look like and how they merge.
    pub fn shape(&self) -> Shape {
        if let Inner::Custom(custom) = &self.0 {
            return custom.shape;
        }
        match self.node() {
            Node::Any => Shape::Untyped,
            Node::Scalar(scalar) => Shape::Scalar(scalar),
            Node::Struct(_, _, atomic) => Shape::Struct { atomic },
            Node::Map(_, atomic) => Shape::Map { atomic },
            Node::List(_, 0, _) => Shape::List(ListKind::Atomic),
            Node::List(_, 1, _) => Shape::List(ListKind::Set),
            Node::List(..) => Shape::List(ListKind::Map),
        }
    }

    /// The scalar type of a leaf.
    pub fn scalar(&self) -> Option<Scalar> {
        match self.shape() {
            Shape::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// Whether one manager owns values of this type as a whole. Scalars are not called atomic.
    pub fn is_atomic(&self) -> bool {
        matches!(
            self.shape(),
            Shape::List(ListKind::Atomic)
                | Shape::Struct { atomic: true }
                | Shape::Map { atomic: true }
        )
    }

    /// The type of a field or key; `None` when the schema declares no such field and has no type
    /// for undeclared ones.
    pub fn field(&self, name: &str) -> Option<Type> {
        self.entry(name).map(|(_, ty)| ty)
    }

    /// As [`Type::field`], for declared fields alone, with the name's static spelling.
    pub(crate) fn entry(&self, name: &str) -> Option<(Option<&'static str>, Type)> {
        match &self.0 {
            Inner::Custom(custom) => match custom
                .fields
                .binary_search_by(|f| f.name.as_str().cmp(name))
            {
                Ok(at) => Some((None, custom.fields[at].ty.clone())),
                Err(_) if matches!(custom.shape, Shape::List(_)) => None,
                Err(_) => custom.rest.clone().map(|ty| (None, ty)),
            },
            Inner::Static { .. } => match self.node() {
                Node::Struct(first, len, _) => {
                    let (first, len) = (first as usize, len as usize);
                    let rows = &table::FIELDS[first..first + len];
                    let at = rows.binary_search_by(|row| row.name().cmp(name)).ok()?;
                    let row = &rows[at];
                    let ty = Type(Inner::Static {
                        node: row.1,
                        field: (first + at) as u16,
                    });
                    Some((Some(row.name()), ty))
                }
                Node::Map(item, _) => Some((None, node(item))),
                Node::Any => Some((None, Type::untyped())),
                Node::Scalar(_) | Node::List(..) => None,
            },
        }
    }

    /// Whether a field is declared by name.
    pub fn declares(&self, name: &str) -> bool {
        match &self.0 {
            Inner::Custom(custom) => custom
                .fields
                .binary_search_by(|f| f.name.as_str().cmp(name))
                .is_ok(),
            Inner::Static { .. } => {
                matches!(self.node(), Node::Struct(..)) && self.entry(name).is_some()
            }
        }
    }

    /// The type of a list's items or a map's values.
    pub fn item(&self) -> Option<Type> {
        match &self.0 {
            Inner::Custom(custom) => custom.rest.clone(),
            Inner::Static { .. } => match self.node() {
                Node::Map(item, _) | Node::List(item, ..) => Some(node(item)),
                Node::Any => Some(Type::untyped()),
                Node::Scalar(_) | Node::Struct(..) => None,
            },
        }
    }

    /// The declared fields, by name.
    pub fn fields(&self) -> Vec<Field> {
        match &self.0 {
            Inner::Custom(custom) => custom
                .fields
                .iter()
                .map(|f| Field {
                    name: Cow::Owned(f.name.clone()),
                    ty: f.ty.clone(),
                    required: f.required,
                })
                .collect(),
            Inner::Static { .. } => {
                let Node::Struct(first, len, _) = self.node() else {
                    return Vec::new();
                };
                (first..first + len)
                    .map(|at| {
                        let row = &table::FIELDS[at as usize];
                        Field {
                            name: Cow::Borrowed(row.name()),
                            ty: Type(Inner::Static {
                                node: row.1,
                                field: at,
                            }),
                            required: row.3,
                        }
                    })
                    .collect()
            }
        }
    }

    /// Names of the fields that the schema requires.
    pub fn required(&self) -> Vec<Word> {
        self.fields()
            .into_iter()
            .filter(|f| f.required)
            .map(|f| f.name)
            .collect()
    }

    /// Visits the declared fields that have a default. For built-in types these include Go's zero
    /// values, which a server prints.
    pub(crate) fn for_defaults(&self, visit: &mut dyn FnMut(&str, Default, &Type)) {
        if let Node::Struct(first, len, _) = self.node() {
            for at in first..first + len {
                let row = &table::FIELDS[at as usize];
                if row.2 != 0 {
                    let ty = Type(Inner::Static {
                        node: row.1,
                        field: at,
                    });
                    visit(row.name(), table::DEFAULTS[row.2 as usize], &ty);
                }
            }
        }
    }

    /// Whether the schema requires the field that this type was reached by.
    pub fn is_required(&self) -> bool {
        self.row().is_some_and(|row| row.3)
    }

    /// What the schema says a missing value counts as.
    pub fn default(&self) -> Option<Value> {
        if let Inner::Custom(custom) = &self.0 {
            return custom.default.clone();
        }
        match table::DEFAULTS[self.row()?.2 as usize] {
            Default::Nothing => None,
            Default::EmptyStruct => Some(Value::Object(Map::new())),
            Default::EmptyText => Some(Value::from("")),
            Default::Zero => Some(Value::from(0)),
            Default::False => Some(Value::from(false)),
            Default::Text(text) => Some(Value::from(text)),
            Default::Int(number) => Some(Value::from(number)),
        }
    }

    /// The values that the schema allows; empty when it does not say.
    pub fn allowed(&self) -> &'static [&'static str] {
        self.row().map_or(&[], |row| table::ENUMS[row.4 as usize])
    }

    /// Names of the fields that identify an item of this list, sorted; empty for anything else.
    pub(crate) fn keys(&self) -> Keys<'_> {
        match &self.0 {
            Inner::Custom(custom) => Keys::Owned(&custom.keys),
            Inner::Static { .. } => match self.node() {
                Node::List(_, _, row) => Keys::Static(table::KEYS[row as usize]),
                _ => Keys::Static(&[]),
            },
        }
    }

    /// Key fields of a keyed list with the default of each, sorted by name.
    pub fn list_keys(&self) -> Vec<(Word, Option<Value>)> {
        let item = self.item();
        let default = |key: &str| {
            item.as_ref()
                .and_then(|i| i.field(key))
                .and_then(|f| f.default())
        };
        match self.keys() {
            Keys::Static(keys) => keys
                .iter()
                .map(|&k| (Cow::Borrowed(k), default(k)))
                .collect(),
            Keys::Owned(keys) => keys
                .iter()
                .map(|k| (Cow::Owned(k.clone()), default(k)))
                .collect(),
        }
    }

    /// How a strategic merge patch treats the field that this type was reached by.
    pub fn patch(&self) -> Patch {
        let (strategy, merge_key) = self
            .row()
            .map_or(("", ""), |r| table::PATCHES[r.5 as usize]);
        let says = |word| strategy.split(',').any(|part| part == word);
        Patch {
            merge: says("merge"),
            replace: says("replace"),
            retain_keys: says("retainKeys"),
            merge_key,
        }
    }
}

/// Key fields of a list.
pub(crate) enum Keys<'a> {
    Static(&'static [&'static str]),
    Owned(&'a [String]),
}

impl Keys<'_> {
    /// Visits the names in order.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(&str, Option<&'static str>)) {
        match self {
            Keys::Static(keys) => keys.iter().for_each(|key| visit(key, Some(key))),
            Keys::Owned(keys) => keys.iter().for_each(|key| visit(key, None)),
        }
    }
}
