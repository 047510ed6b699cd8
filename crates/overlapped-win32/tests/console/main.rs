//! Contract 09: consoles of terminals and private ones. What a process does as a whole is tried in children: this program again, told
//! what to play.

#![allow(missing_docs)]

mod cells;
mod terminal;
mod text;
