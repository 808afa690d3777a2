//! Black-box tests: the command itself, scripts and documents, on a sandbox of their own.

#![allow(clippy::unwrap_used)] // Helpers of tests stop the test too.

mod support;

mod access;
mod adoption;

mod check;
mod checksums;
mod command_line;
mod completions;
mod custom;
mod daemons;
mod doc;

mod error_table;
mod errors;
mod examples;
mod external;
mod faults;
mod files;
mod gateways;
mod helm;
mod import;
mod init;
mod kept;
mod leaks;
mod operations;
mod operators;
mod parts;
mod planted;
mod pod;
mod procedures;
#[cfg(unix)]
mod prompt;
mod pull_request;
mod repl;
mod requests;
mod rights;
mod road;
mod scripts;
mod secrets;
#[cfg(unix)]
mod signals;
mod situations;
mod sops;
mod status;
mod storage;
mod taken_over;
#[cfg(unix)]
mod terminal;
mod together;
mod totals;
mod typed_secrets;
mod variants;
mod vault;
mod verbose;
mod webhooks;
