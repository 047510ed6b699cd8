//! The socket functions of the C face, called as C calls them: one test a rule of contract 08, named by what happens.

#![allow(missing_docs)]

mod common;

mod closing;
mod echoes;
mod engines;
mod events;
mod extensions;
mod groups;
mod layout;
mod lookups;
mod names;
mod native;
mod network;
mod notices;
mod options;
mod overlapped;
mod readiness;
mod routes;
mod setup;
mod sharing;
mod transfer;
mod transmit;
