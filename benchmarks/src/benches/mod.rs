//! The benchmarks: one module each, and the list of them.
//!
//! To add one: a module with `pub fn groups(&Context) -> io::Result<Vec<Outcome>>`, and a line in
//! [`ALL`].

pub mod bulk;
pub mod cface;
pub mod copy;
pub mod direct;
pub mod echo;
pub mod echo_accept;
mod echo_client;
pub mod open;
pub mod pipe;
pub mod port;
pub mod read;
pub mod reads;
mod tree;
pub mod useful;
pub mod wait;

use std::fmt::Write;
use std::io;

use crate::harness::{Context, Outcome};

/// A benchmark.
pub struct Bench {
    /// What the user calls it.
    pub name: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// Runs all its groups.
    pub groups: fn(&Context) -> io::Result<Vec<Outcome>>,
}

/// All benchmarks.
const ALL: &[Bench] = &[
    Bench {
        name: "port",
        about: "post and get, and waking a blocked consumer; against channels and a futex",
        groups: port::groups,
    },
    Bench {
        name: "wait",
        about: "waits for signalled objects, and set-event to woken; against condition variables and a futex",
        groups: wait::groups,
    },
    Bench {
        name: "read",
        about: "4 KiB random reads of a cached file; against pread and a bare ring",
        groups: read::groups,
    },
    Bench {
        name: "direct",
        about: "4 KiB random unbuffered reads; against pread and a bare ring",
        groups: direct::groups,
    },
    Bench {
        name: "open",
        about: "files opened, asked for, listed, created and deleted; against bare calls, the standard library and Wine",
        groups: open::groups,
    },
    Bench {
        name: "copy",
        about: "a big file and a tree of small ones; against cp, dd and a bare ring",
        groups: copy::groups,
    },
    Bench {
        name: "echo",
        about: "a server on sockets: a port against bare loops over epoll and io_uring, tokio, compio and monoio",
        groups: echo::groups,
    },
    Bench {
        name: "accept",
        about: "connections taken and closed: a port against bare loops over epoll and io_uring, and tokio",
        groups: echo_accept::groups,
    },
    Bench {
        name: "bulk",
        about: "a stream of 64 KiB sends, and a file of 1 GiB; against blocking calls and sendfile",
        groups: bulk::groups,
    },
    Bench {
        name: "pipe",
        about: "named pipes and mailslots: messages there and back, and a stream; against Unix sockets, Linux pipes and Wine",
        groups: pipe::groups,
    },
    Bench {
        name: "cface",
        about: "Windows programs in C built by `ovl cc`; against the Rust face and Wine",
        groups: cface::groups,
    },
    Bench {
        name: "useful",
        about: "tasks of which some block without telling: a port against tokio, rayon and fixed pools",
        groups: useful::groups,
    },
];

/// The names, for the command line.
pub fn names() -> Vec<&'static str> {
    ALL.iter().map(|bench| bench.name).collect()
}

/// The names with what they are, for `--help`.
pub fn help() -> String {
    let mut help = "Benchmarks:\n".to_owned();
    for bench in ALL {
        let _ = writeln!(help, "  {:<8} {}", bench.name, bench.about);
    }
    help
}

/// The benchmark of that name.
pub fn find(name: &str) -> Option<&'static Bench> {
    ALL.iter().find(|bench| bench.name == name)
}
