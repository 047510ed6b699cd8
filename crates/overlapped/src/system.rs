//! Systems: the default one of the process, and others.

use crate::error::{Error, Result};
use crate::observe;
use overlapped_abi::Win32Error;
use overlapped_devices::channel::Channel;
use overlapped_devices::shared::LazyCommons;
use overlapped_devices::{FileDriver, HostLookup, MailslotDriver, ParallelDriver, PipeDriver, SerialDriver};
use overlapped_engine::Choice;
use overlapped_engine::sentinel::Choice as Sentinel;
use overlapped_kernel::System;
use overlapped_kernel::engine::Engine;
use overlapped_kernel::idle::Idle;
use overlapped_kernel::limits::Limits;
use overlapped_kernel::namespace::{self, Namespace};
use overlapped_kernel::system::Parts;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, OnceLock};

/// Makes a [`System`]: an engine, a handle table, a namespace. Programs that want one of their own, and tests on the simulated
/// engine, use this; everybody else uses the default one without knowing.
///
/// ```
/// # fn main() -> overlapped::Result<()> {
/// use overlapped::{EngineChoice, OpenOptions, SystemBuilder};
///
/// let system = SystemBuilder::new().engine(EngineChoice::Sim(Some(42))).build()?;
/// let file = OpenOptions::new().read(true).system(&system).open_overlapped("/proc/self/exe")?;
/// let (read, _buffer) = file.read_at(vec![0; 16], 0).wait();
/// assert_eq!(read, Ok(16));
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
pub struct SystemBuilder {
    choice: Option<Choice>,
    engine: Option<Arc<dyn Engine>>,
    namespace: Option<Namespace>,
    limits: Limits,
    sentinel: Option<Sentinel>,
}

impl std::fmt::Debug for SystemBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let engine = self.engine.as_ref().map(|engine| engine.name());
        f.debug_struct("SystemBuilder")
            .field("choice", &self.choice)
            .field("engine", &engine)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl SystemBuilder {
    /// As the default system: the engine and the names that the environment asks for.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// This kind of engine, whatever the environment says.
    #[must_use]
    pub fn engine(mut self, choice: Choice) -> Self {
        self.choice = Some(choice);
        self
    }

    /// This very engine: a [`SimEngine`](crate::engine::SimEngine) with its faults set up, say.
    #[must_use]
    pub fn custom_engine(mut self, engine: Arc<dyn Engine>) -> Self {
        self.engine = Some(engine);
        self
    }

    /// These names, instead of the defaults and the configuration file.
    #[must_use]
    pub fn namespace(mut self, namespace: Namespace) -> Self {
        self.namespace = Some(namespace);
        self
    }

    /// These limits on what may be outstanding (contract 03 section 1.1); none by default.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Which way the ports find threads that block unannounced, whatever the environment says.
    #[must_use]
    pub fn sentinel(mut self, choice: Sentinel) -> Self {
        self.sentinel = Some(choice);
        self
    }

    /// Makes it.
    ///
    /// # Errors
    /// 50 if the engine is not to be had, 87 if the configuration cannot be read; the log says why.
    pub fn build(self) -> Result<System> {
        let engine = match (self.engine, self.choice) {
            (Some(engine), _) => engine,
            (None, Some(choice)) => overlapped_engine::open(choice).map_err(no_engine)?.engine,
            (None, None) => overlapped_engine::default_engine().map_err(no_engine)?,
        };
        let namespace = match self.namespace {
            Some(namespace) => namespace,
            None => configured()?,
        };
        // Simulated systems are computers of their own.
        let pipes = if engine.virtual_time() { PipeDriver::new(Channel::alone()) } else { default_pipes().clone() };
        let mailslots = if engine.virtual_time() { MailslotDriver::alone() } else { default_mailslots().clone() };
        let drivers = vec![
            Box::new(SerialDriver::new()) as _,
            Box::new(ParallelDriver) as _,
            Box::new(default_files().clone()) as _,
            Box::new(pipes) as _,
            Box::new(mailslots) as _,
        ];
        let parts = Parts { engine, drivers, namespace, lookup: Box::new(HostLookup), limits: self.limits };
        let system = System::new(parts).map_err(|error| Error::from(error).during("start of a system"))?;
        if let Some(choice) = self.sentinel {
            system.sentinel().give(overlapped_engine::sentinel::sight(choice));
        }
        Ok(system)
    }
}

fn no_engine(error: overlapped_engine::SelectError) -> Error {
    tracing::error!(%error, "no engine");
    Error::new(Win32Error::NOT_SUPPORTED, "choice of an engine")
}

/// The default names, what the configuration file adds (design.md section 4), and the drives of this machine.
fn configured() -> Result<Namespace> {
    let mut namespace = named_in_file()?;
    for (name, path) in overlapped_devices::disk::found() {
        // Paths of nodes are absolute.
        let _ = namespace.discovered_disk(name, namespace::Disk::new(path));
    }
    Ok(namespace)
}

fn named_in_file() -> Result<Namespace> {
    let mut namespace = Namespace::new();
    if let Ok(host) = std::fs::read_to_string("/proc/sys/kernel/hostname") {
        namespace.set_computer_name(host.trim_end());
    }
    let Some(file) = namespace::config_file(|name| std::env::var_os(name)) else { return Ok(namespace) };
    let text = match std::fs::read_to_string(&file.path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !file.required => return Ok(namespace),
        Err(error) => return Err(Error::from(error).during("read of the configuration").about(file.path)),
    };
    match namespace.apply_toml(&text, &file.path) {
        Ok(()) => Ok(namespace),
        Err(error) => {
            tracing::error!(%error, "the configuration is not valid");
            Err(Error::new(Win32Error::INVALID_PARAMETER, "read of the configuration").about(file.path))
        }
    }
}

/// What all systems of the process know of open files: sharing is a matter between all of them, and other processes.
pub fn default_files() -> &'static FileDriver {
    static FILES: LazyLock<FileDriver> = LazyLock::new(|| FileDriver::among(meeting_place()));
    &FILES
}

/// What all systems of the process know of named pipes: their names are a matter between all of them.
pub fn default_pipes() -> &'static PipeDriver {
    static PIPES: LazyLock<PipeDriver> = LazyLock::new(|| PipeDriver::new(default_channel().clone()));
    &PIPES
}

/// Names and connections between the processes of this user, for what all systems of this process share.
pub fn default_channel() -> &'static Channel {
    static CHANNEL: LazyLock<Channel> = LazyLock::new(|| Channel::new(meeting_place()));
    &CHANNEL
}

/// The mailslots of all systems of the process but simulated ones: their names are a matter between all of them.
pub fn default_mailslots() -> &'static MailslotDriver {
    static MAILSLOTS: LazyLock<MailslotDriver> = LazyLock::new(|| MailslotDriver::new(default_channel().clone()));
    &MAILSLOTS
}

/// The directory in which processes meet. A child meets others where its parent does, even in an environment of its own.
fn meeting_place() -> PathBuf {
    let own = || namespace::runtime_directory(|name| std::env::var_os(name), rustix::process::geteuid().as_raw());
    overlapped_devices::process::directory().unwrap_or_else(own)
}

/// The system of the process, made when it is first needed.
///
/// # Errors
/// As for [`SystemBuilder::build`]; the first outcome stays.
pub fn default() -> Result<&'static System> {
    static SYSTEM: OnceLock<Result<System>> = OnceLock::new();
    let build = || {
        let system = SystemBuilder::new().build()?;
        system.share_names(Arc::new(LazyCommons::new(meeting_place())));
        overlapped_devices::process::arrive(&system);
        observe_if_wanted(&system);
        Ok(system)
    };
    SYSTEM.get_or_init(build).as_ref().map_err(Clone::clone)
}

/// For the rest of the process's life, if the environment asks for it.
fn observe_if_wanted(system: &System) {
    static SERVED: OnceLock<observe::Served> = OnceLock::new();
    if !observe::is_wanted() {
        return;
    }
    match observe::serve(system) {
        Ok(served) => {
            let _ = SERVED.set(served);
        }
        Err(error) => tracing::warn!(%error, "this process cannot be observed"),
    }
}

/// Where to wait for objects that no system signals: the default system's waiting room or, as an event needs no engine, that
/// of a spare system where there is no default one.
pub(crate) fn waiting_room() -> Result<Arc<Idle>> {
    static SPARE: OnceLock<Result<System>> = OnceLock::new();
    let system = default().or_else(|_| {
        let spare = || SystemBuilder::new().engine(Choice::Epoll).namespace(Namespace::new()).build();
        SPARE.get_or_init(spare).as_ref().map_err(Clone::clone)
    })?;
    Ok(Arc::clone(system.idle()))
}
