//! Which engine a process uses.

use crate::{EpollEngine, SimEngine, UringEngine, UringError};
use overlapped_kernel::engine::Engine;
use std::sync::{Arc, Once};

/// The environment variable that forces an engine.
pub const VARIABLE: &str = "OVERLAPPED_ENGINE";

/// What is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The ring if the kernel lets us, else epoll.
    #[default]
    Auto,
    /// io_uring or an error.
    Uring,
    /// epoll and blocking threads.
    Epoll,
    /// The simulation, with this seed or a fresh one.
    Sim(Option<u64>),
}

/// A value of [`VARIABLE`] that names no engine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{VARIABLE}={0}: not an engine; say uring, epoll, sim or sim:SEED, or leave it unset")]
pub struct ParseChoiceError(String);

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// The environment asks for something that does not exist.
    #[error(transparent)]
    Choice(#[from] ParseChoiceError),
    /// The ring was asked for and is not to be had.
    #[error(transparent)]
    Uring(#[from] UringError),
}

/// An engine and why it was taken.
#[derive(Clone)]
pub struct Selection {
    /// The engine.
    pub engine: Arc<dyn Engine>,
    /// A sentence for `ovl doctor` and the log.
    pub reason: String,
}

impl std::fmt::Debug for Selection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Selection").field("engine", &self.engine.name()).field("reason", &self.reason).finish()
    }
}

impl std::str::FromStr for Choice {
    type Err = ParseChoiceError;

    fn from_str(text: &str) -> Result<Self, ParseChoiceError> {
        match text.trim() {
            "" | "auto" => Ok(Self::Auto),
            "uring" => Ok(Self::Uring),
            "epoll" => Ok(Self::Epoll),
            "sim" => Ok(Self::Sim(None)),
            other => other
                .strip_prefix("sim:")
                .and_then(parse_seed)
                .map(|seed| Self::Sim(Some(seed)))
                .ok_or_else(|| ParseChoiceError(text.into())),
        }
    }
}

fn parse_seed(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

impl Choice {
    /// What the environment asks for.
    pub fn from_env() -> Result<Self, ParseChoiceError> {
        match std::env::var_os(VARIABLE) {
            None => Ok(Self::Auto),
            Some(value) => value.to_string_lossy().parse(),
        }
    }
}

/// The engine that the environment or the kernel decides for.
pub fn default_engine() -> Result<Arc<dyn Engine>, SelectError> {
    select().map(|selection| selection.engine)
}

/// The same, with the reason.
pub fn select() -> Result<Selection, SelectError> {
    let choice = Choice::from_env()?;
    let mut selection = open(choice)?;
    if choice != Choice::Auto {
        selection.reason = format!("{VARIABLE} asks for it; {}", selection.reason);
    }
    Ok(selection)
}

/// Makes the engine that `choice` asks for.
pub fn open(choice: Choice) -> Result<Selection, SelectError> {
    crate::signals::become_errors();
    let selection = match choice {
        Choice::Uring => uring(UringEngine::new()?),
        Choice::Epoll => epoll("blocking threads carry out what blocks".into()),
        Choice::Sim(seed) => sim(seed),
        Choice::Auto => match UringEngine::new() {
            Ok(engine) => uring(engine),
            Err(error) => epoll(format!("io_uring is not to be had: {error}")),
        },
    };
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        tracing::info!(engine = selection.engine.name(), reason = %selection.reason, "engine");
    });
    Ok(selection)
}

fn uring(engine: UringEngine) -> Selection {
    Selection { engine: Arc::new(engine), reason: "this kernel's io_uring has all that is needed".into() }
}

fn epoll(reason: String) -> Selection {
    Selection { engine: Arc::new(EpollEngine::new()), reason }
}

fn sim(seed: Option<u64>) -> Selection {
    let engine = match seed {
        Some(seed) => SimEngine::new(seed),
        None => SimEngine::builder().build(),
    };
    let reason = format!("simulated on virtual time, seed {}", engine.seed());
    Selection { engine: Arc::new(engine), reason }
}
