//! The examples against the documents that they were written after (`tests/documents`).
//!
//! What an example says of its document is data beside its script: `differences.yaml` field by field
//! against the document's manifests, `facts.yaml` for what stands outside them, and the README's map
//! from each section to the piece of the script that does it.

mod apricode;
mod difference;
mod differences;
mod document;
mod example;
mod facts;
mod field;
mod map;
mod program;
mod reach;
mod road;
mod style;
mod sum;
