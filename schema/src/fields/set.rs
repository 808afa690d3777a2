//! A set of paths.

use std::cmp::Ordering;

use super::{FieldPath, PathElement};

/// A set of paths, kept as a sorted tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSet {
    /// Sorted by element; none is both no member and without children.
    nodes: Vec<Node>,
}

/// One element below some path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) element: PathElement,
    /// Whether the path that ends here is in the set.
    pub(crate) member: bool,
    /// The paths below.
    pub(crate) children: FieldSet,
}

impl FieldSet {
    /// The empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// The set of some paths.
    pub fn of<'a>(paths: impl IntoIterator<Item = &'a FieldPath>) -> Self {
        let mut set = Self::new();
        for path in paths {
            set.insert(&path.0);
        }
        set
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Number of paths.
    pub fn len(&self) -> usize {
        self.nodes
            .iter()
            .map(|n| usize::from(n.member) + n.children.len())
            .sum()
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The set of what stands below its first elements.
    pub(crate) fn first(&self, elements: usize) -> FieldSet {
        Self {
            nodes: self.nodes[..elements.min(self.nodes.len())].to_vec(),
        }
    }

    fn find(&self, element: &PathElement) -> Result<usize, usize> {
        // Walks visit keys in order, so that most insertions are at the end.
        match self.nodes.last() {
            Some(last) if last.element < *element => Err(self.nodes.len()),
            None => Err(0),
            _ => self
                .nodes
                .binary_search_by(|node| node.element.cmp(element)),
        }
    }

    /// Adds a path; the empty path is ignored.
    pub fn insert(&mut self, path: &[PathElement]) {
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        let at = self.find(first).unwrap_or_else(|at| {
            let node = Node {
                element: first.clone(),
                member: false,
                children: Self::new(),
            };
            self.nodes.insert(at, node);
            at
        });
        if rest.is_empty() {
            self.nodes[at].member = true;
        } else {
            self.nodes[at].children.insert(rest);
        }
    }

    /// Adds what stands below one element. A node that brings nothing is left out.
    pub(crate) fn insert_node(&mut self, node: Node) {
        if !node.member && node.children.is_empty() {
            return;
        }
        match self.find(&node.element) {
            Ok(at) => {
                let own = &mut self.nodes[at];
                own.member |= node.member;
                own.children = own.children.union(&node.children);
            }
            Err(at) => self.nodes.insert(at, node),
        }
    }

    /// Whether exactly this path is in the set.
    pub fn has(&self, path: &[PathElement]) -> bool {
        let Some((first, rest)) = path.split_first() else {
            return false;
        };
        self.find(first).is_ok_and(|at| {
            let node = &self.nodes[at];
            if rest.is_empty() {
                node.member
            } else {
                node.children.has(rest)
            }
        })
    }

    /// Whether this path, one above it or one below it is in the set.
    pub fn touches(&self, path: &[PathElement]) -> bool {
        let Some((first, rest)) = path.split_first() else {
            return !self.is_empty();
        };
        self.find(first).is_ok_and(|at| {
            let node = &self.nodes[at];
            node.member || node.children.touches(rest)
        })
    }

    /// Whether the path of this one element is in the set, and the set below it.
    pub(crate) fn step(&self, element: &PathElement) -> Option<(bool, &FieldSet)> {
        self.find(element)
            .ok()
            .map(|at| (self.nodes[at].member, &self.nodes[at].children))
    }

    /// The set below one element.
    pub fn child(&self, element: &PathElement) -> Option<&FieldSet> {
        self.step(element).map(|(_, children)| children)
    }

    /// Everything that is in either.
    #[must_use]
    pub fn union(&self, other: &FieldSet) -> FieldSet {
        if self.is_empty() {
            return other.clone();
        }
        self.combine(other, &|a, b| a || b, true, true, Self::union)
    }

    /// Everything that is in both.
    #[must_use]
    pub fn intersection(&self, other: &FieldSet) -> FieldSet {
        self.combine(other, &|a, b| a && b, false, false, Self::intersection)
    }

    /// Everything that is in this set and not in the other.
    #[must_use]
    pub fn difference(&self, other: &FieldSet) -> FieldSet {
        if other.is_empty() {
            return self.clone();
        }
        self.combine(other, &|a, b| a && !b, true, false, Self::difference)
    }

    /// Everything in this set that neither is in the other nor lies below a path that is.
    #[must_use]
    pub fn recursive_difference(&self, other: &FieldSet) -> FieldSet {
        if other.is_empty() {
            return self.clone();
        }
        let mut out = Self::new();
        for node in &self.nodes {
            match other.step(&node.element) {
                None => out.nodes.push(node.clone()),
                Some((true, _)) => {}
                Some((false, below)) => out.insert_node(Node {
                    element: node.element.clone(),
                    member: node.member,
                    children: node.children.recursive_difference(below),
                }),
            }
        }
        out
    }

    /// Whether every path of this set is in the other.
    pub fn is_subset(&self, other: &FieldSet) -> bool {
        self.nodes
            .iter()
            .all(|node| match other.step(&node.element) {
                None => false,
                Some((member, children)) => {
                    (member || !node.member) && node.children.is_subset(children)
                }
            })
    }

    /// Walks both sets side by side.
    fn combine(
        &self,
        other: &FieldSet,
        keep: &dyn Fn(bool, bool) -> bool,
        left: bool,
        right: bool,
        below: fn(&FieldSet, &FieldSet) -> FieldSet,
    ) -> FieldSet {
        let mut out = Vec::with_capacity(self.nodes.len());
        let (mut a, mut b) = (self.nodes.iter().peekable(), other.nodes.iter().peekable());
        loop {
            let order = match (a.peek(), b.peek()) {
                (Some(x), Some(y)) => x.element.cmp(&y.element),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return FieldSet { nodes: out },
            };
            match order {
                Ordering::Less => out.extend(a.next().filter(|_| left).cloned()),
                Ordering::Greater => out.extend(b.next().filter(|_| right).cloned()),
                Ordering::Equal => {
                    let (Some(x), Some(y)) = (a.next(), b.next()) else {
                        continue;
                    };
                    let member = keep(x.member, y.member);
                    let children = below(&x.children, &y.children);
                    if member || !children.is_empty() {
                        out.push(Node {
                            element: x.element.clone(),
                            member,
                            children,
                        });
                    }
                }
            }
        }
    }

    /// All paths in the set, in order.
    pub fn paths(&self) -> Vec<FieldPath> {
        let mut out = Vec::new();
        self.visit(&mut Vec::new(), &mut |path, _| {
            out.push(FieldPath(path.to_vec()));
        });
        out
    }

    /// All paths in the order in which a server walks through a set: what ends at a level first, then
    /// what goes on below it.
    pub fn paths_by_level(&self) -> Vec<FieldPath> {
        let mut out = Vec::new();
        self.visit_levels(&mut Vec::new(), &mut out);
        out
    }

    fn visit_levels(&self, path: &mut Vec<PathElement>, out: &mut Vec<FieldPath>) {
        for node in self.nodes.iter().filter(|node| node.member) {
            path.push(node.element.clone());
            out.push(FieldPath(path.clone()));
            path.pop();
        }
        for node in &self.nodes {
            path.push(node.element.clone());
            node.children.visit_levels(path, out);
            path.pop();
        }
    }

    /// The paths in the set that have none below them, in order.
    pub fn leaves(&self) -> Vec<FieldPath> {
        let mut out = Vec::new();
        self.visit(&mut Vec::new(), &mut |path, leaf| {
            if leaf {
                out.push(FieldPath(path.to_vec()));
            }
        });
        out
    }

    fn visit(&self, path: &mut Vec<PathElement>, see: &mut dyn FnMut(&[PathElement], bool)) {
        for node in &self.nodes {
            path.push(node.element.clone());
            if node.member {
                see(path, node.children.is_empty());
            }
            node.children.visit(path, see);
            path.pop();
        }
    }
}
