//! Event objects.

use crate::error::Result;
use crate::wait::{Signal, Wait, WaitResult};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::{self, WaitRef};
use std::sync::Arc;

/// An event object (contract 04 section 3). Clones are the same event.
///
/// ```
/// use overlapped::Event;
/// use std::time::Duration;
///
/// let event = Event::auto_reset(false);
/// event.set();
/// assert!(event.wait(Duration::from_secs(1)));
/// assert!(!event.wait(Duration::ZERO), "one wait has taken the signal");
/// ```
#[derive(Clone, Debug)]
pub struct Event(Arc<dispatcher::Event>);

impl Event {
    /// An event that stays signalled until [`Event::reset`]; what a request should have.
    #[must_use]
    pub fn manual_reset(signalled: bool) -> Self {
        Self(Arc::new(dispatcher::Event::manual_reset(signalled)))
    }

    /// An event whose signal releases one wait.
    #[must_use]
    pub fn auto_reset(signalled: bool) -> Self {
        Self(Arc::new(dispatcher::Event::auto_reset(signalled)))
    }

    /// Signals it.
    pub fn set(&self) {
        self.0.set();
    }

    /// Makes it non-signalled.
    pub fn reset(&self) {
        self.0.reset();
    }

    /// Releases whoever waits at this moment and leaves it non-signalled; unreliable, as the contract says.
    pub fn pulse(&self) {
        self.0.pulse();
    }

    /// Waits for it; false if the time was over first.
    pub fn wait(&self, timeout: impl Into<Timeout>) -> bool {
        matches!(crate::wait::wait_any(&[self], timeout), Ok(WaitResult::Object(_)))
    }

    pub(crate) fn from_kernel(event: Arc<dispatcher::Event>) -> Self {
        Self(event)
    }

    pub(crate) fn into_kernel(self) -> Arc<dispatcher::Event> {
        self.0
    }

    pub(crate) fn kernel(&self) -> Arc<dispatcher::Event> {
        Arc::clone(&self.0)
    }
}

impl Wait for Event {
    fn wait_ref(&self) -> Result<WaitRef> {
        Ok(Arc::clone(&self.0) as WaitRef)
    }
}

impl Signal for Event {
    fn signal(&self) -> Result<()> {
        self.set();
        Ok(())
    }
}
