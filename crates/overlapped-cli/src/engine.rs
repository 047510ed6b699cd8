//! The system that a command works in, on the engine that was asked for.

use crate::cli::Engine;
use crate::problem::Problem;
use overlapped::{EngineKind, System, SystemBuilder};
use std::path::Path;

/// A system and the name of its engine.
#[derive(Debug)]
pub struct Chosen {
    /// The system.
    pub system: System,
    /// Who carries its requests out.
    pub name: String,
}

/// Makes the system.
pub fn choose(engine: Option<Engine>) -> Result<Chosen, Problem> {
    let system = match engine {
        None => System::default_handle().clone(),
        Some(engine) => {
            let kind = match engine {
                Engine::Uring => EngineKind::Uring,
                Engine::Epoll => EngineKind::Epoll,
            };
            let built = SystemBuilder::new().engine(kind).build();
            built.map_err(|error| Problem::new(Path::new("--engine"), format!("nothing was copied: {error}")))?
        }
    };
    let name = system.engine().name().to_owned();
    Ok(Chosen { system, name })
}
