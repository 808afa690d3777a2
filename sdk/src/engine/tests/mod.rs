//! The engine against the sandbox, through the real client.

mod adoption;
mod bench;
mod contests;
mod first_run;
mod ownership;
mod removal;
mod requests;
mod secrets;
mod trouble;
mod waiting;
mod weather;
