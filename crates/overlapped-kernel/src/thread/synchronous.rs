//! The synchronous work that a thread is blocked in, so that another thread can end it: CancelSynchronousIo (contract 03
//! section 8).
//!
//! A thread that is about to block says what it does, and takes that back afterwards. There are two kinds of work: a request,
//! which is cancelled like any other, and a call of Linux that nothing can interrupt (a disk transfer, an open), which is only
//! marked; it then ends after the step that it is in, or normally if that was the last. Drawback, which is the model's:
//! whoever cancels cannot know which of the thread's requests it meets.

use super::Thread;
use crate::request::RequestRef;
use crate::sync::Mutex;
use overlapped_abi::Win32Error;

/// What a thread is blocked in.
#[derive(Default)]
enum Work {
    #[default]
    None,
    Request(RequestRef),
    Call {
        /// Somebody wants its end.
        stop: bool,
    },
}

/// See the module page.
#[derive(Default)]
pub(super) struct Synchronous(Mutex<Work>);

/// While it lives, the thread is blocked in some synchronous work.
pub struct Blocked<'a> {
    thread: &'a Thread,
    /// What the thread was blocked in before: an APC may run inside a blocking call.
    before: Work,
}

impl Thread {
    /// The calling thread waits for this request of its own until the guard is dropped.
    pub(crate) fn blocked_in(&self, request: &RequestRef) -> Blocked<'_> {
        self.blocked(Work::Request(request.clone()))
    }

    /// The calling thread is in a call that may block, and that cannot be interrupted, until the guard is dropped.
    pub fn blocked_in_call(&self) -> Blocked<'_> {
        self.blocked(Work::Call { stop: false })
    }

    fn blocked(&self, work: Work) -> Blocked<'_> {
        Blocked { thread: self, before: std::mem::replace(&mut *self.synchronous.0.lock(), work) }
    }

    /// Is the thread blocked in a synchronous request or call?
    pub fn is_in_synchronous_call(&self) -> bool {
        !matches!(*self.synchronous.0.lock(), Work::None)
    }

    /// Asks for the end of the synchronous request that the thread is blocked in. 1168 if it is in none, or if that was done
    /// already.
    pub fn cancel_synchronous(&self) -> Result<(), Win32Error> {
        let request = match &mut *self.synchronous.0.lock() {
            Work::None => return Err(Win32Error::NOT_FOUND),
            Work::Request(request) => request.clone(),
            Work::Call { stop } => {
                let again = std::mem::replace(stop, true);
                return if again { Err(Win32Error::NOT_FOUND) } else { Ok(()) };
            }
        };
        // Not under the lock: the request may end at once, and its thread then wants the lock.
        if request.cancel() { Ok(()) } else { Err(Win32Error::NOT_FOUND) }
    }
}

impl Blocked<'_> {
    /// Has somebody asked for the end of the call?
    #[must_use]
    pub fn is_unwanted(&self) -> bool {
        matches!(*self.thread.synchronous.0.lock(), Work::Call { stop: true })
    }
}

impl Drop for Blocked<'_> {
    fn drop(&mut self) {
        // Not dropped under the lock: it may be the last reference to a request, and so to what the user gave it.
        let over = std::mem::replace(&mut *self.thread.synchronous.0.lock(), std::mem::take(&mut self.before));
        drop(over);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_is_in_nothing_is_not_found() {
        assert_eq!(Thread::unstarted().cancel_synchronous(), Err(Win32Error::NOT_FOUND));
    }

    #[test]
    fn a_call_is_marked_once_and_told() {
        let thread = Thread::unstarted();
        let blocked = thread.blocked_in_call();
        assert!(!blocked.is_unwanted());
        assert_eq!(thread.cancel_synchronous(), Ok(()));
        assert!(blocked.is_unwanted());
        assert_eq!(thread.cancel_synchronous(), Err(Win32Error::NOT_FOUND), "marked already");
        drop(blocked);
        assert_eq!(thread.cancel_synchronous(), Err(Win32Error::NOT_FOUND));
        assert!(!thread.blocked_in_call().is_unwanted(), "the next call is another one");
    }

    #[test]
    fn work_within_work_hides_the_outer_one_for_as_long_as_it_lasts() {
        let thread = Thread::unstarted();
        let outer = thread.blocked_in_call();
        let inner = thread.blocked_in_call();
        assert_eq!(thread.cancel_synchronous(), Ok(()));
        assert!(inner.is_unwanted());
        drop(inner);
        assert!(!outer.is_unwanted());
    }
}
