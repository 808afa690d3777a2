//! Which objects may be written now, which must wait, and which never will be: pure bookkeeping.

use crate::environment::{Edge, EdgeKind};

/// How far an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It was not begun.
    Waiting,
    /// It is being written.
    Writing,
    /// The API server has it.
    Written,
    /// It could not be written.
    Failed,
    /// It was not written because of another.
    Skipped,
}

/// Whether an object is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// Not known yet.
    Unknown,
    /// It is.
    Ready,
    /// It failed or took too long.
    NotReady,
}

/// The objects of a run and what lies between them.
#[derive(Debug)]
pub(crate) struct Graph {
    states: Vec<State>,
    ready: Vec<Readiness>,
    before: Vec<Vec<(usize, EdgeKind)>>,
    after: Vec<Vec<(usize, EdgeKind)>>,
}

/// Why an object cannot be written: the other one, and what is with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Blocked {
    pub(crate) by: usize,
    pub(crate) state: State,
}

impl Graph {
    /// `count` objects, none begun.
    pub(crate) fn new(count: usize, edges: &[Edge]) -> Self {
        let mut before = vec![Vec::new(); count];
        let mut after = vec![Vec::new(); count];
        for edge in edges {
            if edge.before < count && edge.after < count {
                before[edge.after].push((edge.before, edge.kind));
                after[edge.before].push((edge.after, edge.kind));
            }
        }
        Self {
            states: vec![State::Waiting; count],
            ready: vec![Readiness::Unknown; count],
            before,
            after,
        }
    }

    pub(crate) fn state(&self, index: usize) -> State {
        self.states[index]
    }

    pub(crate) fn readiness(&self, index: usize) -> Readiness {
        self.ready[index]
    }

    pub(crate) fn set(&mut self, index: usize, state: State) {
        self.states[index] = state;
    }

    pub(crate) fn set_ready(&mut self, index: usize, ready: Readiness) {
        self.ready[index] = ready;
    }

    /// The objects that wait and that nothing holds up.
    pub(crate) fn startable(&self) -> Vec<usize> {
        (0..self.states.len())
            .filter(|index| self.states[*index] == State::Waiting)
            .filter(|index| {
                self.before[*index].iter().all(|(before, kind)| match kind {
                    EdgeKind::Applied => self.states[*before] == State::Written,
                    EdgeKind::Ready => self.ready[*before] == Readiness::Ready,
                })
            })
            .collect()
    }

    /// The objects that wait for something that will not come, with what it is.
    pub(crate) fn blocked(&self) -> Vec<(usize, Blocked)> {
        (0..self.states.len())
            .filter(|index| self.states[*index] == State::Waiting)
            .filter_map(|index| {
                let (by, _) = self.before[index].iter().find(|(before, kind)| {
                    matches!(self.states[*before], State::Failed | State::Skipped)
                        || (*kind == EdgeKind::Ready && self.ready[*before] == Readiness::NotReady)
                })?;
                let state = self.states[*by];
                Some((index, Blocked { by: *by, state }))
            })
            .collect()
    }

    /// Whether something that is not written yet needs this object to be ready.
    pub(crate) fn is_awaited(&self, index: usize) -> bool {
        self.after[index]
            .iter()
            .any(|(after, kind)| *kind == EdgeKind::Ready && self.states[*after] != State::Written)
    }

    /// The object and everything that must come before it.
    pub(crate) fn up_to(&self, index: usize) -> Vec<usize> {
        let (mut found, mut open) = (Vec::new(), vec![index]);
        while let Some(at) = open.pop() {
            if !found.contains(&at) {
                found.push(at);
                open.extend(self.before[at].iter().map(|(before, _)| *before));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(before: usize, after: usize, kind: EdgeKind) -> Edge {
        Edge {
            before,
            after,
            kind,
        }
    }

    #[test]
    fn a_failure_stops_only_what_depends_on_it() {
        // 0 ─applied─► 1 ─ready─► 2 ─applied─► 3;  4 stands alone
        let edges = [
            edge(0, 1, EdgeKind::Applied),
            edge(1, 2, EdgeKind::Ready),
            edge(2, 3, EdgeKind::Applied),
        ];
        let mut graph = Graph::new(5, &edges);
        assert_eq!(graph.startable(), [0, 4]);
        graph.set(0, State::Written);
        graph.set(4, State::Written);
        assert_eq!(graph.startable(), [1]);
        graph.set(1, State::Written);
        assert!(graph.startable().is_empty() && graph.is_awaited(1));
        assert!(graph.blocked().is_empty());
        graph.set_ready(1, Readiness::NotReady);
        let blocked = graph.blocked();
        assert_eq!(
            blocked,
            [(
                2,
                Blocked {
                    by: 1,
                    state: State::Written
                }
            )]
        );
        graph.set(2, State::Skipped);
        assert_eq!(graph.blocked()[0].0, 3);
        assert_eq!(graph.up_to(2), [2, 1, 0]);
    }
}
