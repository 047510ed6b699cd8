//! GetThreadContext and SetThreadContext.
//!
//! A thread that stops leaves its registers with its record and takes them from there when it goes on. One that was stopped by a signal, in the
//! program's own code, has them from Linux, exactly as it was interrupted; one that stopped at the end of a call of the library has those of that
//! call. A thread that was made suspended has its function and its parameter in the registers for the first two arguments, as on Windows,
//! and starts with what is there then. A thread that waits in Linux has shown only where: its stack and its place; such registers cannot be set
//! (170).

use crate::context::{Context, ovl_RtlCaptureContext, restore};
use crate::processthreadsapi::{Made, made_with, thread};
use crate::support::{Bool, RawHandle, guard_bool};
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_kernel::port;
use std::cell::Cell;
use std::ptr::null_mut;
use std::sync::Arc;
use std::time::{Duration, Instant};

const THREAD_GET_CONTEXT: u32 = 0x8;
const THREAD_SET_CONTEXT: u32 = 0x10;
/// ERROR_BUSY.
const BUSY: Win32Error = Win32Error(170);
/// How long a running thread may take until it has stopped.
const PATIENCE: Duration = Duration::from_secs(2);

thread_local! {
    /// What a signal has interrupted, while its handler runs.
    static INTERRUPTED: Cell<*mut libc::ucontext_t> = const { Cell::new(null_mut()) };
    /// Has the thread just gone on with registers that were set?
    static WENT_ON: Cell<bool> = const { Cell::new(false) };
}

/// Runs the end of a call for a thread that a signal has interrupted.
pub(super) fn interrupted(context: *mut libc::ucontext_t, stop: impl FnOnce()) {
    let before = INTERRUPTED.replace(context);
    stop();
    INTERRUPTED.set(before);
}

/// Waits at the gate, and then goes on with what somebody has made of the registers.
#[inline(never)]
pub(super) fn wait(made: &Arc<Made>) {
    let thread = INTERRUPTED.get();
    if thread.is_null() {
        let mut here = Context::NONE;
        WENT_ON.set(false);
        // SAFETY: ours, and aligned as its type is.
        unsafe { ovl_RtlCaptureContext(&raw mut here) };
        if WENT_ON.replace(false) {
            return;
        }
        if let Some(new) = port::blocking(|| made.pass_gate(&here)) {
            WENT_ON.set(true);
            // SAFETY: whoever has set them vouches for them. No lock is held here.
            unsafe { restore(&raw const *new) };
        }
    } else {
        // SAFETY: set for as long as the handler runs, which this is part of.
        let here = Context::of(unsafe { &*thread });
        if let Some(new) = port::blocking(|| made.pass_gate(&here)) {
            // SAFETY: as above.
            new.give_back(unsafe { &mut *thread });
        }
    }
}

/// The gate before a thread's function: which function it is to be, and with what.
pub(crate) fn begin(made: &Made, start: usize, argument: usize) -> (usize, usize) {
    let mut here = Context::NONE;
    // SAFETY: ours, and aligned as its type is.
    unsafe { ovl_RtlCaptureContext(&raw mut here) };
    let place = here.instruction();
    here.set_arguments([start, argument]);
    match made.pass_gate(&here) {
        None => (start, argument),
        Some(new) if new.instruction() == place => new.arguments().into(),
        // SAFETY: whoever has set them vouches for them. Nothing of the thread has run yet.
        Some(new) => unsafe { restore(&raw const *new) },
    }
}

/// Stack and place of a thread that waits in Linux; `None` if it runs.
fn asleep(id: u32) -> Option<Context> {
    let text = std::fs::read_to_string(format!("/proc/self/task/{id}/syscall")).ok()?;
    let mut last =
        text.split_whitespace().rev().map_while(|word| usize::from_str_radix(word.strip_prefix("0x")?, 16).ok());
    let (place, stack) = (last.next()?, last.next()?);
    let mut context = Context::NONE;
    context.set_instruction(place);
    context.set_stack(stack);
    Some(context)
}

/// What the thread shows: its registers, and whether they can be set.
fn shown(made: &Made) -> Result<(Context, bool), Win32Error> {
    let start = Instant::now();
    loop {
        if let Some(context) = made.registers() {
            return Ok((context, true));
        }
        if made.has_ended() {
            return Err(Win32Error::ACCESS_DENIED);
        }
        super::halt::halt(made);
        if !made.is_stopped()
            && let Some(context) = asleep(made.record().id())
        {
            return Ok((context, false));
        }
        if start.elapsed() > PATIENCE {
            return Err(BUSY);
        }
    }
}

/// The program's structure; 998 if it is not memory or not aligned.
fn checked(context: *mut Context, write: bool) -> Result<(), Win32Error> {
    let there = if write { crate::probe::writable } else { crate::probe::readable };
    let fits = context.is_aligned() && there(context as usize, size_of::<Context>());
    if fits { Ok(()) } else { Err(Win32Error::NOACCESS) }
}

/// GetThreadContext: of the parts that `ContextFlags` names. 5 without THREAD_GET_CONTEXT, or for a thread that CreateThread has not made,
/// apart from
/// the calling one; a thread that is not suspended is, for the moment of the call.
///
/// # Safety
/// `context` is writable, with its flags set, and aligned to 16.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetThreadContext(object: RawHandle, context: *mut Context) -> Bool {
    guard_bool(|| {
        let (target, access) = thread(object)?;
        if !access.contains(AccessMask::from_bits_retain(THREAD_GET_CONTEXT)) {
            return Err(Win32Error::ACCESS_DENIED);
        }
        checked(context, true)?;
        let found = if target.id() == overlapped_kernel::thread::current().id() {
            let mut here = Context::NONE;
            // SAFETY: ours, and aligned as its type is.
            unsafe { ovl_RtlCaptureContext(&raw mut here) };
            here
        } else {
            let made = made_with(object, THREAD_GET_CONTEXT)?;
            made.suspend(u32::MAX);
            let found = shown(&made);
            made.resume();
            found?.0
        };
        // SAFETY: writable, as was just seen.
        unsafe { (*context).take(&found) };
        Ok(())
    })
}

/// SetThreadContext: the thread goes on so when it is resumed. Errors as for GetThreadContext; 170 for a thread that waits in Linux.
///
/// # Safety
/// The thread can go on with these registers; `context` is readable and aligned to 16.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetThreadContext(object: RawHandle, context: *const Context) -> Bool {
    let mut own = None;
    let done = guard_bool(|| {
        let (target, access) = thread(object)?;
        if !access.contains(AccessMask::from_bits_retain(THREAD_SET_CONTEXT)) {
            return Err(Win32Error::ACCESS_DENIED);
        }
        checked(context.cast_mut(), false)?;
        // SAFETY: readable, as was just seen.
        let new = unsafe { *context };
        if target.id() == overlapped_kernel::thread::current().id() {
            own = Some(new);
            return Ok(());
        }
        let made = made_with(object, THREAD_SET_CONTEXT)?;
        made.suspend(u32::MAX);
        let set = shown(&made).and_then(|(mut found, may)| {
            let flags = found.flags;
            found.flags = new.flags;
            found.take(&new);
            found.flags = flags;
            if may && made.set_registers(found) { Ok(()) } else { Err(BUSY) }
        });
        made.resume();
        set
    });
    if let Some(new) = own {
        let mut here = Context::NONE;
        WENT_ON.set(false);
        // SAFETY: ours, and aligned as its type is.
        unsafe { ovl_RtlCaptureContext(&raw mut here) };
        if !WENT_ON.replace(false) {
            let flags = here.flags;
            here.flags = new.flags;
            here.take(&new);
            here.flags = flags;
            WENT_ON.set(true);
            // SAFETY: the caller vouches for what it has set; the rest is that of this call.
            unsafe { restore(&raw const here) };
        }
    }
    done
}
