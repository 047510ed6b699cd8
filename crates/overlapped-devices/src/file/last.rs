//! The end of the process: files that were to be deleted with their last handles go, as if the process had closed its own (contract 01 §1.2, 02 §8).
//!
//! Everything else that a process has open, Linux closes. Drawback: a process that is killed leaves these files, unless others have them open.

use super::device::FileDevice;
use overlapped_kernel::device::Device;
use parking_lot::Mutex;
use std::sync::{Arc, Once, Weak};
use std::time::Duration;

/// Open files that are perhaps to be deleted.
static DOOMED: Mutex<Vec<Weak<dyn Device>>> = Mutex::new(Vec::new());
/// How long the end of the process waits for a lock.
const PATIENCE: Duration = Duration::from_millis(500);

/// This file may be one.
pub(super) fn remember(device: &Arc<dyn Device>) {
    static AT_EXIT: Once = Once::new();
    AT_EXIT.call_once(|| {
        // SAFETY: a function of this library, which is there until the end.
        unsafe { libc::atexit(at_exit) };
    });
    let mut doomed = DOOMED.lock();
    if doomed.len() == doomed.capacity() {
        doomed.retain(|known| known.strong_count() > 0);
    }
    doomed.push(Arc::downgrade(device));
}

extern "C" fn at_exit() {
    delete_doomed();
}

/// Deletes what was to be deleted with the last handle, for a process that ends now. Other threads may run still, or have been stopped for ever with
/// a lock: so nothing here waits for long.
pub(crate) fn delete_doomed() {
    let Some(mut doomed) = DOOMED.try_lock_for(PATIENCE) else { return };
    for device in doomed.drain(..).filter_map(|device| device.upgrade()) {
        if let Some(file) = device.as_any().downcast_ref::<FileDevice>()
            && let Some(seat) = file.seat()
        {
            seat.leave_at_exit(file.fd(), file.opened_path(), PATIENCE);
        }
        // Its other parts are of no use any more.
        std::mem::forget(device);
    }
}
