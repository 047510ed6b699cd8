//! Semaphore objects (contract 04 section 5).

use super::shared::{Exchange, Shared, Spec};
use super::{Dispatcher, Refusal, State, Taken, Waitable};
use overlapped_abi::Win32Error;
use std::sync::{Arc, Weak};

/// The count and its ceiling.
#[derive(Debug)]
pub(super) struct Count {
    now: i32,
    max: i32,
}

impl Count {
    pub(super) fn spec(&self) -> Spec {
        Spec::Semaphore { now: self.now, max: self.max }
    }

    pub(super) fn available(&self) -> bool {
        self.now > 0
    }

    pub(super) fn take(&mut self) -> Result<Taken, Refusal> {
        if !self.available() {
            return Err(Refusal::NotSignalled);
        }
        self.now -= 1;
        Ok(Taken { abandoned: false })
    }

    pub(super) fn untake(&mut self) {
        self.now += 1;
    }
}

/// A semaphore: signalled while its count is above zero; each wait takes one.
#[derive(Debug)]
pub struct Semaphore(Dispatcher);

impl Semaphore {
    /// A semaphore with `initial` of at most `max`. 87 unless 0 <= initial <= max and max > 0.
    pub fn new(initial: i32, max: i32) -> Result<Self, Win32Error> {
        if max <= 0 || initial < 0 || initial > max {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        Ok(Self(Dispatcher::new(State::Semaphore(Count { now: initial, max }), false)))
    }

    /// A semaphore that other processes have too.
    pub(crate) fn shared(signal: Arc<dyn Shared>) -> Arc<Self> {
        Arc::new(Self(Dispatcher::shared(signal, None)))
    }

    /// Other processes get it too; what leads them to it.
    pub(crate) fn share(self: &Arc<Self>, exchange: &dyn Exchange) -> Result<Arc<dyn Shared>, Win32Error> {
        let signal = self.0.share(None, |spec, held| exchange.publish(spec, held))?;
        let object: Weak<Self> = Arc::downgrade(self);
        signal.bind(object);
        Ok(signal)
    }

    /// What to share of it.
    pub(crate) fn spec(&self) -> Option<Spec> {
        match &self.0.inner.lock().state {
            State::Semaphore(count) => Some(count.spec()),
            _ => None,
        }
    }

    /// Adds `n` and gives the count before. 87 if `n` is not positive, 298 (and no change) if the sum would exceed the
    /// maximum.
    pub fn release(&self, n: i32) -> Result<i32, Win32Error> {
        if n <= 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let mut inner = self.0.inner.lock();
        if let Some(signal) = Dispatcher::shared_signal(&inner) {
            let before = signal.release(n)?;
            self.0.serve(inner);
            return Ok(before);
        }
        let State::Semaphore(count) = &mut inner.state else { unreachable!("a semaphore keeps its kind") };
        let before = count.now;
        match before.checked_add(n) {
            Some(sum) if sum <= count.max => count.now = sum,
            _ => return Err(Win32Error::TOO_MANY_POSTS),
        }
        self.0.serve(inner);
        Ok(before)
    }
}

impl Waitable for Semaphore {
    fn dispatcher(&self) -> &Dispatcher {
        &self.0
    }
}
