//! Black-box tests: the command itself, scripts and documents, on a sandbox of their own.

mod support;

mod apricode;
mod command_line;
mod difference;
mod errors;
mod faults;
mod road;
