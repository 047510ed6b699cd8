//! Stopping a thread that computes: by a signal, where that leaves nothing locked.
//!
//! The handler looks where the thread is. In the program's own code it holds no lock of this library or of libc, and stops, or ends,
//! right there. In any other code the handler does nothing; the thread is asked again a moment later. A thread that sleeps in
//! Linux is not disturbed: in a call of ours it stops when that returns. Drawback: a thread that sleeps or computes in
//! somebody else's code is not stopped before it comes back. A program that has this library linked in has no code that can be told from ours, so
//! there only the end of a call stops a thread.

use crate::processthreadsapi::{Made, with_made};
use libc::{c_int, c_void};
use std::ffi::CStr;
use std::ops::Range;
use std::ptr::null_mut;
use std::sync::Once;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU64, Ordering::*};
use std::time::Duration;

/// Between two looks whether a thread has stopped.
const PAUSE: Duration = Duration::from_micros(200);
/// Looks at a thread that runs.
const LOOKS: u32 = 100;
/// Looks at one that sleeps.
const LOOKS_ASLEEP: u32 = 5;

/// Files whose code may hold a lock that others need. The library's own is known by its address.
const SHARED_CODE: [&str; 12] = [
    "ld-",
    "ld.",
    "libc.",
    "libc-",
    "libm.",
    "libgcc_s",
    "libstdc++",
    "libc++",
    "libpthread",
    "libdl",
    "linux-vdso",
    "libasan",
];

type Ranges = Vec<Range<usize>>;
/// The program's code, as it was at the last look. Former lists stay: a handler may be reading one.
static PROGRAM: AtomicPtr<Ranges> = AtomicPtr::new(null_mut());
/// How many objects had been loaded by then.
static LOADED: AtomicU64 = AtomicU64::new(0);
/// The signal.
static SIGNAL: AtomicI32 = AtomicI32::new(0);

/// Asks a thread that computes to look whether it is to stop.
pub(super) fn nudge(made: &Made) {
    prepare();
    let (signal, id) = (SIGNAL.load(Relaxed), made.record().id());
    if signal != 0 && !made.is_stopped() && runs(id) {
        // SAFETY: a signal with a handler, for a thread of this process, or for none if it has ended.
        unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), id, signal) };
    }
}

/// Waits for a moment until a thread that is to stop has stopped.
pub(super) fn halt(made: &Made) {
    let (mut looks, mut asleep) = (0, 0);
    while looks < LOOKS && asleep < LOOKS_ASLEEP && !made.is_stopped() && !made.has_ended() {
        nudge(made);
        std::thread::sleep(PAUSE);
        looks += 1;
        asleep += u32::from(!runs(made.record().id()));
    }
}

/// Is the thread on a processor, or waiting for one?
fn runs(id: u32) -> bool {
    let stat = std::fs::read(format!("/proc/self/task/{id}/stat")).unwrap_or_default();
    // The name, which stands in parentheses, may hold anything.
    stat.iter().rposition(|&byte| byte == b')').and_then(|end| stat.get(end + 2)) == Some(&b'R')
}

/// Takes a signal that nobody uses, and learns where the program's code is.
fn prepare() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // SAFETY: zeros are an action, and a handler of this type goes with SA_SIGINFO.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = arrive as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART;
            for signal in (libc::SIGRTMIN()..libc::SIGRTMAX()).rev() {
                let mut former: libc::sigaction = std::mem::zeroed();
                if libc::sigaction(signal, std::ptr::null(), &mut former) == 0
                    && former.sa_sigaction == libc::SIG_DFL
                    && libc::sigaction(signal, &action, null_mut()) == 0
                {
                    SIGNAL.store(signal, Relaxed);
                    break;
                }
            }
        }
    });
    let mut seen = Seen { loaded: 0, ranges: Vec::new() };
    // SAFETY: the function is what the loader calls, with what it is to be given.
    unsafe { libc::dl_iterate_phdr(Some(look), (&raw mut seen).cast()) };
    if LOADED.swap(seen.loaded, AcqRel) != seen.loaded {
        PROGRAM.store(Box::into_raw(Box::new(seen.ranges)), Release);
    }
}

struct Seen {
    loaded: u64,
    ranges: Ranges,
}

/// One loaded object.
unsafe extern "C" fn look(object: *mut libc::dl_phdr_info, _size: usize, seen: *mut c_void) -> c_int {
    // SAFETY: the loader passes the description of an object that is loaded, and what `prepare` gave it.
    let (object, seen) = unsafe { (&*object, &mut *seen.cast::<Seen>()) };
    seen.loaded = object.dlpi_adds;
    // SAFETY: as above; a name ends with a zero.
    let (headers, name) = unsafe {
        (std::slice::from_raw_parts(object.dlpi_phdr, object.dlpi_phnum.into()), CStr::from_ptr(object.dlpi_name))
    };
    let code: Ranges = headers
        .iter()
        .filter(|header| header.p_type == libc::PT_LOAD && header.p_flags & libc::PF_X != 0)
        .map(|header| {
            let start = (object.dlpi_addr + header.p_vaddr) as usize;
            start..start + header.p_memsz as usize
        })
        .collect();
    let here = look as *const () as usize;
    let name = name.to_string_lossy();
    let file = name.rsplit('/').next().unwrap_or_default();
    if !code.iter().any(|code| code.contains(&here)) && !SHARED_CODE.iter().any(|start| file.starts_with(start)) {
        seen.ranges.extend(code);
    }
    0
}

unsafe extern "C" fn arrive(_signal: c_int, _info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: Linux passes the context of the thread.
    let place = crate::structured::instruction(unsafe { &*context.cast::<libc::ucontext_t>() });
    // SAFETY: null, or a list that stays for ever.
    let program = unsafe { PROGRAM.load(Acquire).as_ref() };
    if program.is_some_and(|ranges| ranges.iter().any(|range| range.contains(&place))) {
        // SAFETY: the calling thread's errno, which is the interrupted code's.
        let errno = unsafe { libc::__errno_location() };
        // SAFETY: as above.
        let before = unsafe { errno.read() };
        super::registers::interrupted(context.cast(), || with_made(super::stop));
        // SAFETY: as above.
        unsafe { errno.write(before) };
    }
}
