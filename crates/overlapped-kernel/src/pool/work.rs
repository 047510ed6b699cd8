//! Work objects: one function, to be called as often as it is submitted.

use super::call::Call;
use super::object::{Core, Environment, Object};
use overlapped_abi::Win32Error;
use std::sync::Arc;

/// PTP_WORK.
pub struct WorkObject {
    core: Core,
    callback: Arc<dyn Fn(&Call) + Send + Sync>,
}

impl WorkObject {
    /// Nothing is queued yet.
    pub fn new(environment: Environment, callback: impl Fn(&Call) + Send + Sync + 'static) -> Self {
        Self { core: Core::new(environment), callback: Arc::new(callback) }
    }

    /// Queues one callback. Several may run at the same time. 735 if the pool was shut down.
    pub fn submit(&self) -> Result<(), Win32Error> {
        let callback = Arc::clone(&self.callback);
        self.core.queue(move |call| callback(call))
    }
}

impl Object for WorkObject {
    fn core(&self) -> &Core {
        &self.core
    }

    fn stop(&self) {}
}
