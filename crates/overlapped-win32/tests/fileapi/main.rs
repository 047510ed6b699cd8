//! The file functions of the C face, called as C calls them: one test a rule of contract 01 and 02, named by what happens.

#![allow(missing_docs)]

mod common;

mod adopted;
mod control;
mod copies;
mod disks;
mod find;
mod handles;
mod information;
mod links;
mod locks;
mod mapping;
mod more_names;
mod moves;
mod names;
mod native;
mod native_opening;
mod opening;
mod profiles;
mod rings;
mod scatter;
mod size;
mod volume_names;
mod volumes;
mod watch;
