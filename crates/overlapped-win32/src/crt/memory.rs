//! `malloc.h`: memory with a wanted alignment, over libc, whose `free` takes it.

use super::set_errno;
use libc::{EINVAL, ENOMEM};
use std::ffi::c_void;
use std::ptr::null_mut;

/// _aligned_malloc: NULL with EINVAL if the alignment is no power of two.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__aligned_malloc(size: usize, alignment: usize) -> *mut c_void {
    if !alignment.is_power_of_two() {
        set_errno(EINVAL);
        return null_mut();
    }
    let mut memory = null_mut();
    // SAFETY: the target is ours, and the alignment is one that the function takes.
    match unsafe { libc::posix_memalign(&mut memory, alignment.max(16), size.max(1)) } {
        0 => memory,
        code => {
            set_errno(code);
            null_mut()
        }
    }
}

/// _aligned_realloc: NULL frees for a size of 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__aligned_realloc(memory: *mut c_void, size: usize, alignment: usize) -> *mut c_void {
    if size == 0 {
        // SAFETY: the caller vouches for the memory.
        unsafe { libc::free(memory) };
        return null_mut();
    }
    let new = ovl__aligned_malloc(size, alignment);
    if !new.is_null() && !memory.is_null() {
        // SAFETY: the caller vouches for the memory; as much is copied as both have.
        unsafe {
            let kept = libc::malloc_usable_size(memory).min(size);
            std::ptr::copy_nonoverlapping(memory.cast::<u8>(), new.cast(), kept);
            libc::free(memory);
        }
    }
    new
}

/// _aligned_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__aligned_free(memory: *mut c_void) {
    // SAFETY: the caller vouches for the memory.
    unsafe { libc::free(memory) };
}

/// _recalloc: what is new is zero. NULL frees for a size of 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__recalloc(memory: *mut c_void, count: usize, size: usize) -> *mut c_void {
    let Some(wanted) = count.checked_mul(size) else {
        set_errno(ENOMEM);
        return null_mut();
    };
    if wanted == 0 && !memory.is_null() {
        // SAFETY: the caller vouches for the memory.
        unsafe { libc::free(memory) };
        return null_mut();
    }
    // SAFETY: the caller vouches for the memory. What was there is as long as `malloc` says, which may be a little more than was
    // asked for; so all of a new block is zeroed first and then filled.
    unsafe {
        let new = libc::calloc(1, wanted.max(1));
        if !new.is_null() && !memory.is_null() {
            let kept = libc::malloc_usable_size(memory).min(wanted);
            std::ptr::copy_nonoverlapping(memory.cast::<u8>(), new.cast(), kept);
            libc::free(memory);
        }
        new
    }
}

/// _expand: the block itself if it has as much room already, else NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__expand(memory: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: the caller vouches for the memory.
    if unsafe { libc::malloc_usable_size(memory) } >= size { memory } else { null_mut() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alignments_hold() {
        // SAFETY: the memory is used as long as it lives.
        unsafe {
            for alignment in [1, 8, 64, 4096] {
                let memory = ovl__aligned_malloc(100, alignment);
                memory.cast::<u8>().write_bytes(7, 100);
                let memory = ovl__aligned_realloc(memory, 5000, alignment);
                assert_eq!((memory as usize % alignment, memory.cast::<u8>().add(99).read()), (0, 7));
                ovl__aligned_free(memory);
            }
            assert!(
                ovl__aligned_malloc(1, 3).is_null() && ovl__aligned_realloc(ovl__aligned_malloc(1, 8), 0, 8).is_null()
            );
            let memory = ovl__recalloc(ovl__recalloc(null_mut(), 2, 8), 1000, 8);
            assert_eq!(memory.cast::<u64>().add(999).read(), 0);
            assert_eq!((ovl__expand(memory, 10), ovl__expand(memory, 1 << 20)), (memory, null_mut()));
            assert!(ovl__recalloc(memory, 0, 8).is_null());
        }
    }
}
