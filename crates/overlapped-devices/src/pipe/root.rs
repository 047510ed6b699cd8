//! `\\.\pipe\`, the place where all pipes are: who waits for an instance of a name to listen waits here (contract 01 §6, 07 §1.4).
//!
//! The instances of a name may be in several processes, and they may come and go while somebody waits. So a wait is a loop of the calling
//! thread: it looks here, asks every other owner to be told, and then waits as a request at the root until somebody has something to tell
//! its [`Ear`].

use super::ask::{NO_MEMORY, issue, outcome};
use super::device::Job;
use super::names::Names;
use super::party::{Party, ended_early};
use super::serve::registered;
use super::state::Verdict;
use super::wire::{self, Greeting};
use crate::channel::{self, ConnectError, Connection, Frame, Malformed, Owner};
use overlapped_abi::{Status, Win32Error};
use overlapped_kernel::clock::{Tick, Timeout};
use overlapped_kernel::device::{Device, FileType, Next, Start};
use overlapped_kernel::engine::RawResult;
use overlapped_kernel::namespace::ObjectName;
use overlapped_kernel::request::{Completion, Function, Request, RequestRef};
use overlapped_kernel::system::Grant;
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What there is to be told: nothing, that an instance listens, or that the owners have changed.
const NOTHING: usize = 0;
const LISTENS: usize = 1;
const CHANGED: usize = 2;

/// How long a wait goes on without another look where nobody tells of a change: an owner cannot answer, as it is stopped, say, or the
/// register cannot be watched.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// Where news for one wait come together.
pub(super) struct Ear {
    names: Arc<Names>,
    news: AtomicUsize,
}

impl Ear {
    fn new(names: &Arc<Names>) -> Arc<Self> {
        Arc::new(Self { names: Arc::clone(names), news: AtomicUsize::new(NOTHING) })
    }

    /// The request's outcome by what was heard: the count says whether to look again.
    fn heard(&self) -> Option<Completion> {
        match self.news.load(Ordering::Acquire) {
            NOTHING => None,
            news => Some(Completion::success(news - LISTENS)),
        }
    }

    fn tell(self: &Arc<Self>, news: usize) {
        let _ = self.news.compare_exchange(NOTHING, news, Ordering::AcqRel, Ordering::Acquire);
        let mine = |who: &Party| {
            matches!(who, Party::Local(request)
                if matches!(Job::of(request), Some(Job::Wait(_, ear)) if Arc::ptr_eq(ear, self)))
        };
        if let (Some(Party::Local(request)), Some(completion)) = (self.names.take_out(mine), self.heard()) {
            request.complete(completion);
        }
    }
}

/// The end of a connection to an owner that was asked to tell.
struct Listener(Arc<Ear>);

impl channel::End for Listener {
    fn frame(&self, _connection: &Connection, frame: Frame) -> Result<(), Malformed> {
        if frame.operation != wire::LISTENS || !frame.body.is_empty() {
            return Err(Malformed);
        }
        self.0.tell(LISTENS);
        Ok(())
    }

    fn ended(&self, _connection: &Connection) {
        self.0.tell(CHANGED);
    }
}

/// A connection that ends with this.
struct Line(Connection);

impl Drop for Line {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Asks another owner to tell when an instance listens; nothing if one does now.
fn ask_to_be_told(
    ear: &Arc<Ear>,
    owner: Owner,
    name: &ObjectName,
    patience: Duration,
) -> Result<Option<Line>, ConnectError> {
    let mut listens = false;
    let attach = |_: &Connection, welcome: &[u8]| {
        listens = welcome == [1];
        Ok(Arc::new(Listener(Arc::clone(ear))) as Arc<dyn channel::End>)
    };
    let (name, greeting) = (registered(name), Greeting::Wait.write());
    let made = ear.names.channel.connect_within(patience, owner, &name, &greeting, attach)?;
    let line = Line(made);
    Ok((!listens).then_some(line))
}

/// Waits until an instance of the name listens, wherever it is; 2 as soon as nobody has the name, 121 when the time is over.
pub(super) fn wait(root: &Grant, names: &Arc<Names>, name: &ObjectName, limit: Timeout) -> Result<(), Win32Error> {
    let start = Tick::monotonic();
    let left = || match limit {
        Timeout::After(whole) => whole.saturating_sub(Tick::monotonic().since(start)),
        Timeout::Poll => Duration::ZERO,
        Timeout::Infinite => Duration::MAX,
    };
    loop {
        let here = names.wait(name, None);
        if let Verdict::Done(_) = here {
            return Ok(());
        }
        let ear = Ear::new(names);
        let told = Arc::clone(&ear);
        let news = names.channel.subscribe(&registered(name), Arc::new(move || told.tell(CHANGED)));
        let (mut lines, mut mute, mut unheard) = (Vec::new(), false, news.is_err());
        for other in names.channel.owners(&registered(name))? {
            match ask_to_be_told(&ear, other.owner, name, left()) {
                Ok(Some(line)) => lines.push(line),
                Ok(None) => return Ok(()),
                Err(ConnectError::Failed(_)) => (unheard, mute) = (true, true),
                // It has just given the name up.
                Err(_) => {}
            }
        }
        if lines.is_empty() && !mute && here != Verdict::Wait {
            return Err(Win32Error::FILE_NOT_FOUND);
        }
        let now = match limit {
            _ if unheard && left() > ASK_AGAIN => Timeout::After(ASK_AGAIN),
            Timeout::After(_) => Timeout::After(left()),
            other => other,
        };
        let job = Job::Wait(name.clone(), ear);
        // SAFETY: there is neither memory nor an OVERLAPPED.
        match unsafe { issue(root, Function::Control, NO_MEMORY, Some(job), None, now) }.map(outcome) {
            Ok(Completion { bytes: 0, .. }) => return Ok(()),
            Ok(_) => {}
            Err(failure) if failure.status == Status::IO_TIMEOUT && unheard && !left().is_zero() => {}
            // The last instance here has gone; there may be others elsewhere.
            Err(failure) if failure.status == Status::OBJECT_NAME_NOT_FOUND => {}
            Err(failure) => return Err(failure.status.to_win32()),
        }
    }
}

/// See the module page.
pub(super) struct RootDevice {
    pub names: Arc<Names>,
}

// SAFETY: its requests have no memory; whoever takes one out of the list of those that wait completes it.
unsafe impl Device for RootDevice {
    fn file_type(&self) -> FileType {
        FileType::Pipe
    }

    fn requires_overlapped(&self) -> bool {
        false
    }

    fn serializes(&self) -> bool {
        false
    }

    fn start(&self, request: &Request) -> Start {
        match Job::of(request) {
            Some(Job::Wait(..)) => Start::Queue,
            _ => Start::Failed(Status::INVALID_DEVICE_REQUEST),
        }
    }

    fn enqueue(&self, request: RequestRef) {
        let Some(Job::Wait(name, ear)) = Job::of(&request) else {
            return request.complete(Completion::failure(Status::INVALID_DEVICE_REQUEST));
        };
        let ready = || if request.is_cancelling() { Some(ended_early(&request)) } else { ear.heard() };
        if let Some(completion) = self.names.wait_anywhere(name, ready, || Party::Local(Arc::clone(&request))) {
            request.complete(completion);
        }
    }

    fn cancel(&self, request: &RequestRef) -> bool {
        if self.names.take_out(|who| who.is(request)).is_some() {
            request.complete(ended_early(request));
        }
        // If it was not there, it ends by itself just now.
        true
    }

    fn resume(&self, _request: &Request, _result: RawResult) -> Next {
        // It hands out no operation that could have a result.
        Next::Complete(Completion::failure(Status::INVALID_DEVICE_REQUEST))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
