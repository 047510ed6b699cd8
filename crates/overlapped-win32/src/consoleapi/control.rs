//! Control handlers (contract 09 section 6). What happens is in `overlapped_devices::console::control`; here, handlers have addresses.

use crate::callbacks::{inside, unwinding};
use crate::support::{Bool, guard_bool};
use overlapped_abi::Win32Error;
use overlapped_devices::console::control;
use parking_lot::Mutex;
use std::sync::Arc;

/// PHANDLER_ROUTINE.
pub type HandlerRoutine = Option<unsafe extern "C" fn(u32) -> Bool>;

/// The addresses of the routines that are registered, and their numbers there.
static REGISTERED: Mutex<Vec<(usize, u64)>> = Mutex::new(Vec::new());

/// SetConsoleCtrlHandler: 87 for the removal of what is not there. NULL ignores Ctrl+C, here and in children, or does no more.
///
/// # Safety
/// The routine may be called on another thread until it is removed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetConsoleCtrlHandler(routine: HandlerRoutine, add: Bool) -> Bool {
    guard_bool(|| {
        let Some(routine) = routine else { return control::ignore_ctrl_c(add != 0) };
        let mut registered = REGISTERED.lock();
        if add == 0 {
            let same = |(address, _): &(usize, u64)| *address == routine as usize;
            let at = registered.iter().rposition(same).ok_or(Win32Error::INVALID_PARAMETER)?;
            return control::remove(registered.remove(at).1);
        }
        let address = routine as usize;
        // SAFETY: the same function.
        let routine = unsafe { unwinding!(routine, fn(u32) -> Bool) };
        // SAFETY: the caller's promise.
        let id = control::add(Arc::new(move |event| inside(|| unsafe { routine(event) } != 0)))?;
        registered.push((address, id));
        Ok(())
    })
}

/// GenerateConsoleCtrlEvent: to the programs of this console, or Ctrl+Break to another process group. Ctrl+C reaches no other group (and
/// says TRUE); 87 for other events.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GenerateConsoleCtrlEvent(event: u32, group: u32) -> Bool {
    guard_bool(|| control::generate(event, group))
}
