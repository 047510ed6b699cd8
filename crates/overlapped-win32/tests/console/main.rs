//! Contract 09: consoles of terminals and private ones. What a process does as a whole is tried in children: this program again, told
//! what to play.

#![allow(missing_docs)]

mod alone;
mod events;
mod input;
mod kit;
mod output;
mod pseudo;
mod terminal;
mod text;
