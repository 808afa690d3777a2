//! What a type looks like.

/// The shape of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A leaf.
    Scalar(Scalar),
    /// A list.
    List(ListKind),
    /// An object with known fields. Atomic: one manager owns it as a whole.
    Struct {
        /// Owned and replaced as a whole.
        atomic: bool,
    },
    /// An object with free keys, all values of one type.
    Map {
        /// Owned and replaced as a whole.
        atomic: bool,
    },
    /// No schema: objects merge by key, lists are atomic.
    Untyped,
}

/// How a list is merged (`x-kubernetes-list-type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// As a whole.
    Atomic,
    /// By value.
    Set,
    /// By the key fields of its items.
    Map,
}

/// A leaf's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// Text.
    String,
    /// Base64 text.
    Bytes,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// True or false.
    Boolean,
    /// A quantity such as `500m`; text or a number.
    Quantity,
    /// A number or text, such as a port or a percentage.
    IntOrString,
    /// A time of whole seconds, RFC 3339.
    Time,
    /// A time of microseconds, RFC 3339.
    MicroTime,
    /// Any scalar.
    Untyped,
}
