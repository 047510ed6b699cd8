//! An echo server in C for Windows: built by `ovl cc`, or by mingw for Wine.

use std::cell::OnceCell;
use std::io;
use std::path::PathBuf;
use std::process::Command;

use crate::peers::windows::{self, Conversation, Wine};
use crate::workspace::Workspace;

const SOURCE: &str = include_str!("../c/echo_server.c");

/// The builds of the program, made when they are first asked for.
pub struct Programs {
    directory: PathBuf,
    quick: bool,
    native: OnceCell<Result<PathBuf, String>>,
    foreign: OnceCell<Result<(Wine, PathBuf), String>>,
}

impl Programs {
    /// Builds go to this directory.
    pub fn new(workspace: &Workspace, quick: bool) -> Self {
        Self { directory: workspace.path(""), quick, native: OnceCell::new(), foreign: OnceCell::new() }
    }

    /// Starts the native one, with receive buffers of so many bytes.
    pub fn native(&self, threads: usize, room: usize) -> Result<ProgramServer, String> {
        let build = || windows::native(&self.directory, "echo_server", SOURCE);
        let program = self.native.get_or_init(build).as_ref().map_err(Clone::clone)?;
        ProgramServer::start(&mut Command::new(program), threads, room)
    }

    /// Starts the one for Windows.
    pub fn under_wine(&self, threads: usize, room: usize) -> Result<ProgramServer, String> {
        if self.quick {
            return Err("Wine takes too long to start for --quick".to_owned());
        }
        let build = || {
            let program = windows::foreign(&self.directory, "echo_server_wine", SOURCE)?;
            Wine::open(&self.directory).map(|wine| (wine, program))
        };
        let (wine, program) = self.foreign.get_or_init(build).as_ref().map_err(Clone::clone)?;
        ProgramServer::start(wine.command("wine").arg(program), threads, room)
    }
}

/// The program while it runs.
pub struct ProgramServer(Conversation);

impl ProgramServer {
    fn start(command: &mut Command, threads: usize, room: usize) -> Result<Self, String> {
        Conversation::start(command.args([threads, room].map(|n| n.to_string())))
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// The port of its listener.
    pub fn port(&mut self) -> io::Result<u16> {
        u16::try_from(self.0.ask(0)?).map_err(io::Error::other)
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.0.id()
    }
}
