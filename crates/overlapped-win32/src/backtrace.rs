//! RtlCaptureStackBackTrace: who has called whom, by the tables that compilers leave for exceptions of C++.

use std::ffi::{c_int, c_void};

/// Frames to leave out, those to store, and how many were.
struct Walk {
    skip: u32,
    room: u32,
    to: *mut usize,
    stored: u16,
    hash: u32,
}

unsafe extern "C-unwind" {
    fn _Unwind_Backtrace(
        step: unsafe extern "C-unwind" fn(*mut c_void, *mut c_void) -> c_int,
        walk: *mut c_void,
    ) -> c_int;
    fn _Unwind_GetIP(frame: *mut c_void) -> usize;
}

const GO_ON: c_int = 0;
const STOP: c_int = 4;

unsafe extern "C-unwind" fn step(frame: *mut c_void, walk: *mut c_void) -> c_int {
    // SAFETY: the walk that was passed, and a frame for this call.
    let (walk, place) = unsafe { (&mut *walk.cast::<Walk>(), _Unwind_GetIP(frame)) };
    if walk.skip > 0 {
        walk.skip -= 1;
        return GO_ON;
    }
    if place == 0 || u32::from(walk.stored) == walk.room {
        return STOP;
    }
    // SAFETY: there is room for one more.
    unsafe { walk.to.add(walk.stored.into()).write_unaligned(place) };
    walk.stored += 1;
    walk.hash = walk.hash.wrapping_add(place as u32);
    GO_ON
}

/// RtlCaptureStackBackTrace: how many return addresses were stored, the caller's own place first; `hash` gets their sum.
///
/// # Safety
/// `to` has room for `room` addresses; `hash` is NULL or writable.
#[inline(never)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlCaptureStackBackTrace(skip: u32, room: u32, to: *mut usize, hash: *mut u32) -> u16 {
    // This function is the first of the frames.
    let room = if to.is_null() { 0 } else { room.min(u16::MAX.into()) };
    let mut walk = Walk { skip: skip.saturating_add(1), room, to, stored: 0, hash: 0 };
    // SAFETY: the function gets back what it needs.
    unsafe { _Unwind_Backtrace(step, (&raw mut walk).cast()) };
    if !hash.is_null() {
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { hash.write(walk.hash) };
    }
    walk.stored
}

#[cfg(test)]
mod tests {
    use super::*;

    #[inline(never)]
    fn inner(skip: u32, to: &mut [usize]) -> usize {
        let mut hash = 0;
        // SAFETY: so much room.
        let stored = unsafe { ovl_RtlCaptureStackBackTrace(skip, to.len() as u32, to.as_mut_ptr(), &mut hash) };
        assert_eq!(hash, to[..stored.into()].iter().fold(0u32, |sum, &at| sum.wrapping_add(at as u32)));
        stored.into()
    }

    #[test]
    fn a_walk_begins_with_the_caller_and_leaves_out_what_it_is_told_to() {
        let (mut all, mut fewer) = ([0; 62], [0; 62]);
        let (of_all, of_fewer) = (inner(0, &mut all), inner(1, &mut fewer));
        assert!(of_all > 3);
        // The frame of `inner` itself is the one left out; its caller stood at two places.
        assert_eq!(of_fewer, of_all - 1);
        assert_eq!(all[2..of_all], fewer[1..of_fewer]);
        assert_eq!(inner(0, &mut [0; 2]), 2);
        assert_eq!(inner(10_000, &mut [0; 2]), 0);
    }
}
