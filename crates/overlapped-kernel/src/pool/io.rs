//! I/O objects: a callback for each completion of a device, announced before each request (contract 04 section 11).

use super::call::Call;
use super::object::{Core, Environment, Object};
use crate::instance::Instance;
use overlapped_abi::{Status, Win32Error};
use std::sync::Arc;

/// PTP_IO.
pub struct IoCallbacks {
    core: Core,
}

impl IoCallbacks {
    /// Binds the instance to the pool. 87 if it is not overlapped, or reports somewhere already.
    ///
    /// The callback gets status, bytes and the address of the OVERLAPPED. Callbacks run in the order of the completions among
    /// everything that is queued, whatever the environment's priority.
    pub fn new(
        environment: Environment,
        instance: &Arc<Instance>,
        callback: impl Fn(&Call, Status, u32, usize) + Send + Sync + 'static,
    ) -> Result<Self, Win32Error> {
        let (pool, manner) = (environment.pool.clone(), environment.manner);
        let core = Core::new(environment);
        let gate = Arc::clone(core.gate());
        // The pool has this function; a reference to it in there would keep it for ever.
        let weak = Arc::downgrade(pool.pool());
        let completed = move |status, bytes, overlapped| {
            // A completion that nobody has announced is dropped.
            if let Some(pool) = weak.upgrade().filter(|_| gate.start_any()) {
                callback(&Call::begin(pool, manner, &gate), status, bytes, overlapped);
            }
        };
        pool.bind(instance, Arc::new(completed))?;
        Ok(Self { core })
    }

    /// StartThreadpoolIo: a request will be issued, and its completion is to call back.
    pub fn start(&self) {
        let _ = self.core.gate().enter();
    }

    /// CancelThreadpoolIo: the request that was announced will not complete.
    pub fn cancel(&self) {
        self.core.gate().cancel_one();
    }
}

impl Object for IoCallbacks {
    fn core(&self) -> &Core {
        &self.core
    }

    fn stop(&self) {}
}
