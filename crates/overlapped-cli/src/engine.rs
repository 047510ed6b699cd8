//! The system that a command works in, on the engine that was asked for.

use crate::cli::Engine;
use crate::problem::{Problem, Shown};
use overlapped::engine::{self, Selection};
use overlapped::{EngineChoice, System, SystemBuilder};
use overlapped_kernel::namespace::{ConfigFile, Namespace, config_file};
use std::path::Path;

/// A system, and who carries its requests out.
pub struct Chosen {
    /// The system.
    pub system: System,
    /// The engine's name.
    pub name: &'static str,
    /// Why this engine.
    pub reason: String,
    /// Writes to one file that wait for each other cost nothing: io_uring does them one after the other by itself.
    pub queues_writes: bool,
}

/// Makes the system.
pub fn choose(engine: Option<Engine>) -> Result<Chosen, Problem> {
    let selection = match engine {
        None => engine::select(),
        Some(Engine::Uring) => engine::open(EngineChoice::Uring),
        Some(Engine::Epoll) => engine::open(EngineChoice::Epoll),
    };
    let no_engine = |error| Problem::new(Path::new("engine"), format!("the engine is not to be had: {error}"));
    let Selection { engine, reason } = selection.map_err(no_engine)?;
    let name = engine.name();
    let system = SystemBuilder::new().custom_engine(engine).build().map_err(|error| match bad_configuration() {
        Some(problem) => problem,
        None => Problem::new(Path::new("system"), error.to_string()),
    })?;
    Ok(Chosen { system, name, reason, queues_writes: name == "uring" })
}

/// Where the configuration is.
pub fn configuration() -> Option<ConfigFile> {
    config_file(|name| std::env::var_os(name))
}

/// What is wrong with the configuration file, in more words than an error code has.
fn bad_configuration() -> Option<Problem> {
    let ConfigFile { path, .. } = configuration()?;
    let why = match std::fs::read_to_string(&path) {
        Ok(text) => Namespace::new().apply_toml(&text, &path).err()?.to_string(),
        Err(error) => error.to_string(),
    };
    let message = format!("the configuration {} cannot be used: {why}; correct it, or", Shown(&path));
    Some(Problem::new(&path, format!("{message} set OVERLAPPED_CONFIG=/dev/null to do without")))
}
