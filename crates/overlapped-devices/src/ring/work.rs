//! How entries begin and end.

use super::entry::{Entry, File, What};
use super::{Issued, Ring};
use crate::file::{self, Scatter};
use overlapped_abi::{Status, Win32Error};
use overlapped_kernel::handle::{Handle, HandleFlags};
use overlapped_kernel::request::{Completion, Function, Route};
use overlapped_kernel::road::{Place, Refused, Reply, Report, Transfer};
use overlapped_kernel::system::Grant;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::task::{Wake, Waker};

impl Ring {
    /// Begins what may begin.
    ///
    /// # Safety
    /// That of [`Ring::submit`], for all entries that were submitted.
    pub(super) unsafe fn pump(self: &Arc<Self>) {
        self.state.lock().pumping += 1;
        loop {
            let entry = {
                let mut state = self.state.lock();
                let waits = state.outstanding != 0;
                let entry = match state.held.front() {
                    Some(entry) if !(entry.drain && waits) => state.held.pop_front(),
                    _ => None,
                };
                let Some(entry) = entry else {
                    state.pumping -= 1;
                    return;
                };
                state.outstanding += 1;
                entry
            };
            let user = entry.user;
            // SAFETY: the caller's promise.
            if let Err(error) = unsafe { self.begin(entry) } {
                self.finish(user, error.to_status(), 0);
            }
        }
    }

    /// Begins an entry, which completes by itself unless this fails.
    unsafe fn begin(self: &Arc<Self>, entry: Entry) -> Result<(), Win32Error> {
        let user = entry.user;
        match entry.what {
            What::Transfer { function, file, memory, len, offset, through } => {
                let grant = self.grant(file)?;
                let buffer = memory.resolve(&self.state.lock().regions, len).ok_or(Win32Error::INVALID_PARAMETER)?;
                let transfer = Transfer {
                    function,
                    buffer,
                    place: Place::Offset(offset),
                    route: Route::default(),
                    overlapped: None,
                    // Says that the call is an overlapped one.
                    payload: Some(Box::new(())),
                    report: Report::AtOnce,
                    probe: Some(self.probe),
                };
                // SAFETY: the caller's promise.
                let mut reply = unsafe { grant.instance.transfer(grant.access, transfer) };
                if let Ok(Reply::Done(_, completion)) = &mut reply
                    && function == Function::Read
                    && len != 0
                    && grant.instance.device().pends_always()
                    && *completion == Completion::success(0)
                {
                    // What ReadFile without an OVERLAPPED makes of the end of a file is its own.
                    *completion = Completion::failure(Status::END_OF_FILE);
                }
                self.follow(user, &grant, reply, through && function == Function::Write)
            }
            What::Pages { function, file, pages, len, offset, through } => {
                let grant = self.grant(file)?;
                let scatter = Scatter {
                    function,
                    pages: pages.into_iter().map(|page| page as *mut u8).collect(),
                    len: len as usize,
                    offset,
                    route: Route::default(),
                    overlapped: None,
                    payload: Some(Box::new(())),
                    report: Report::AtOnce,
                };
                // SAFETY: the caller's promise.
                let reply = unsafe { file::scatter(&grant, scatter) };
                self.follow(user, &grant, reply, through && function == Function::Write)
            }
            What::Flush { file, in_memory } => {
                let grant = self.grant(file)?;
                if in_memory {
                    if !grant.access.can_write() {
                        return Err(Win32Error::ACCESS_DENIED);
                    }
                    self.finish(user, Status::SUCCESS, 0);
                } else {
                    self.worker().flush(self, grant, user, 0);
                }
                Ok(())
            }
            What::Cancel { file, target } => {
                let grant = self.grant(file)?;
                let marked = self.cancel(&grant, target);
                if marked == 0 {
                    return Err(Win32Error::NOT_FOUND);
                }
                self.finish(user, Status::SUCCESS, 0);
                Ok(())
            }
            What::RegisterFiles(handles) => {
                self.register(&handles)?;
                self.finish(user, Status::SUCCESS, 0);
                Ok(())
            }
            What::RegisterBuffers(regions) => {
                self.state.lock().regions = regions;
                self.finish(user, Status::SUCCESS, 0);
                Ok(())
            }
        }
    }

    fn grant(&self, file: File) -> Result<Grant, Win32Error> {
        let handle = match file {
            File::Handle(raw) => Handle::from_raw(raw).ok_or(Win32Error::INVALID_HANDLE)?,
            File::Registered(index) => {
                let state = self.state.lock();
                *state.files.get(index as usize).ok_or(Win32Error::INVALID_PARAMETER)?
            }
        };
        self.system.grant(handle)
    }

    /// Handles of the ring's own, so that the files stay open whatever becomes of the caller's.
    fn register(&self, handles: &[usize]) -> Result<(), Win32Error> {
        let mut own = Vec::with_capacity(handles.len());
        for raw in handles {
            match self.system.duplicate_raw(*raw, None, HandleFlags::empty(), false) {
                Ok(handle) => own.push(handle),
                Err(error) => {
                    self.release(own);
                    return Err(error);
                }
            }
        }
        let (unused, outcome) = {
            let mut state = self.state.lock();
            match state.closed {
                // Whoever closed it has released what was there.
                true => (own, Err(Win32Error::OPERATION_ABORTED)),
                false => (std::mem::replace(&mut state.files, own), Ok(())),
            }
        };
        self.release(unused);
        outcome
    }

    pub(super) fn release(&self, handles: Vec<Handle>) {
        for handle in handles {
            // Somebody may have closed a number that is not his.
            let _ = self.system.close(handle);
        }
    }

    fn cancel(&self, grant: &Grant, target: usize) -> usize {
        let found: Vec<_> = {
            let state = self.state.lock();
            let entries = if target == 0 { 0..=usize::MAX } else { target..=target };
            let named = state.requests.range((*entries.start(), 0)..=(*entries.end(), u64::MAX));
            let meant = named.filter(|(_, issued)| Arc::ptr_eq(&issued.instance, &grant.instance));
            meant.map(|(_, issued)| Arc::clone(&issued.request)).collect()
        };
        found.iter().filter(|request| request.cancel()).count()
    }

    /// Waits, without a thread, for the end of a request; then comes a flush if it is to go `through`, or the entry is complete.
    fn follow(
        self: &Arc<Self>,
        user: usize,
        grant: &Grant,
        reply: Result<Reply, Refused>,
        through: bool,
    ) -> Result<(), Win32Error> {
        let then = through.then(|| grant.clone());
        match reply {
            Err(refused) => Err(refused.error),
            Ok(Reply::Done(_, completion)) => {
                self.transferred(user, completion.status, completion.bytes, then);
                Ok(())
            }
            Ok(Reply::Pending(request)) => {
                let instance = Arc::clone(&grant.instance);
                let key = {
                    let mut state = self.state.lock();
                    state.next += 1;
                    let key = (user, state.next);
                    state.requests.insert(key, Issued { instance, request: Arc::clone(&request) });
                    key
                };
                let end = Arc::new(End { ring: Arc::clone(self), key, then });
                if !request.set_waker(&Waker::from(Arc::clone(&end))) {
                    end.come();
                } else if self.state.lock().closed {
                    // It was closed before the request could be seen.
                    request.cancel();
                }
                Ok(())
            }
        }
    }

    fn transferred(self: &Arc<Self>, user: usize, status: Status, bytes: usize, then: Option<Grant>) {
        match then {
            Some(grant) if !status.is_error() => self.worker().flush(self, grant, user, bytes),
            _ => self.finish(user, status, bytes),
        }
    }

    pub(super) fn worker(&self) -> &Worker {
        self.worker.get_or_init(Worker::new)
    }
}

/// The end of a request is the end of its entry.
struct End {
    ring: Arc<Ring>,
    /// The request's among those of the ring.
    key: (usize, u64),
    then: Option<Grant>,
}

impl End {
    /// Comes twice if the request completes while it gets its waker, and counts once.
    fn come(&self) {
        let found = self.ring.state.lock().requests.remove(&self.key);
        let Some(Completion { status, bytes }) = found.and_then(|issued| issued.request.completion()) else { return };
        self.ring.transferred(self.key.0, status, bytes, self.then.clone());
    }
}

impl Wake for End {
    fn wake(self: Arc<Self>) {
        self.come();
    }
}

type Job = Box<dyn FnOnce() + Send>;

/// The thread for what blocks; it ends with the ring.
pub(super) struct Worker(Option<Sender<Job>>);

impl Worker {
    fn new() -> Self {
        let (jobs, todo) = channel::<Job>();
        let run = move || todo.into_iter().for_each(|job| job());
        Self(std::thread::Builder::new().name("ovl-ring".into()).spawn(run).ok().map(|_| jobs))
    }

    /// Without a thread the caller does it, which may take its time.
    fn post(&self, job: Job) {
        match &self.0 {
            Some(jobs) => {
                // The thread lives as long as the sender.
                let _ = jobs.send(job);
            }
            None => job(),
        }
    }

    pub(super) fn pump(&self, ring: &Arc<Ring>) {
        let ring = Arc::clone(ring);
        // SAFETY: what is held back was submitted, with the promise that goes with that.
        self.post(Box::new(move || unsafe { ring.pump() }));
    }

    fn flush(&self, ring: &Arc<Ring>, grant: Grant, user: usize, bytes: usize) {
        let ring = Arc::clone(ring);
        self.post(Box::new(move || match file::flush(&grant) {
            Ok(()) => ring.finish(user, Status::SUCCESS, bytes),
            Err(error) => ring.finish(user, error.to_status(), 0),
        }));
    }
}
