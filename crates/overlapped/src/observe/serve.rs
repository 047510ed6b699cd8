//! The observed side: a socket, and a thread that answers at it.

use super::picture::Observation;
use super::{address, run_time_directory, sockets_in};
use crate::error::{Error, Result};
use overlapped_abi::Win32Error;
use overlapped_devices::shared::private;
use overlapped_kernel::System;
use overlapped_kernel::system::WeakSystem;
use rustix::net::sockopt::socket_peercred;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

const START: &str = "start of observation";

/// So long an observer may take to read a picture; the next one waits meanwhile.
const PATIENCE: Duration = Duration::from_secs(1);

/// As long as it lives, the system can be observed. Dropping it takes the socket away and waits for the thread.
#[derive(Debug)]
pub struct Served {
    path: PathBuf,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// Makes `system` observable under this process's number in the user's run-time directory. Nothing is kept alive by it.
///
/// # Errors
/// As for [`serve_in`].
pub fn serve(system: &System) -> Result<Served> {
    serve_in(system, &run_time_directory())
}

/// The same in another directory, which is made if it is missing.
///
/// # Errors
/// 5 if the directory is somebody else's or open to others; 52 if this process is observable there already; what the file system says.
pub fn serve_in(system: &System, directory: &Path) -> Result<Served> {
    let (path, listener) = listen(directory).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => Error::new(Win32Error::ACCESS_DENIED, START).about(directory),
        _ => Error::from(error).during(START),
    })?;
    let stop = Arc::new(AtomicBool::new(false));
    let (stopped, system) = (Arc::clone(&stop), system.downgrade());
    let answer = move || answer_all(&listener, &system, &stopped);
    let thread = std::thread::Builder::new().name("ovl-observed".into()).spawn(answer).map_err(Error::from)?;
    Ok(Served { path, stop, thread: Some(thread) })
}

fn listen(directory: &Path) -> io::Result<(PathBuf, UnixListener)> {
    private(directory)?;
    let directory = sockets_in(directory);
    private(&directory)?;
    let (opened, process) = (File::open(&directory)?, std::process::id());
    let (address, path) = (address(&opened, process), directory.join(process.to_string()));
    if path.symlink_metadata().is_ok() && UnixStream::connect(&address).is_err() {
        // Of a process that had this number before.
        std::fs::remove_file(&path)?;
    }
    Ok((path, UnixListener::bind(address)?))
}

fn answer_all(listener: &UnixListener, system: &WeakSystem, stop: &AtomicBool) {
    for observer in listener.incoming() {
        if stop.load(Ordering::Acquire) {
            return;
        }
        let Ok(observer) = observer else {
            // Out of descriptors, most likely: not for ever, and no reason to spin.
            std::thread::sleep(PATIENCE / 10);
            continue;
        };
        let Some(system) = system.upgrade() else { return };
        if let Err(error) = answer(observer, &system) {
            tracing::debug!(%error, "an observer went away");
        }
    }
}

fn answer(mut observer: UnixStream, system: &System) -> io::Result<()> {
    let peer = socket_peercred(&observer)?.uid;
    if peer != rustix::process::geteuid() && !peer.is_root() {
        return Ok(());
    }
    observer.set_write_timeout(Some(PATIENCE))?;
    let picture = postcard::to_stdvec(&Observation::of(system)).map_err(io::Error::other)?;
    observer.write_all(&picture)
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        // A visitor wakes the thread.
        let woken = self.path.parent().map(File::open).is_some_and(|opened| {
            opened.is_ok_and(|opened| UnixStream::connect(address(&opened, std::process::id())).is_ok())
        });
        let _ = std::fs::remove_file(&self.path);
        if let Some(thread) = self.thread.take().filter(|_| woken) {
            let _ = thread.join();
        }
    }
}
