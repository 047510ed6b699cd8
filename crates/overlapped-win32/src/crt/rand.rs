//! `rand` and `srand` as Microsoft has them: numbers up to 32767, and a sequence for each thread that begins with that of `srand(1)`.
//!
//! Programs count on the limit, `rand() * 32768 + rand()`, and tests on the numbers, which have always been the same there.

use std::cell::Cell;
use std::ffi::{c_int, c_uint};

// What srand was given less one, and what became of it, so that zeroes are the start.
overlapped_kernel::static_tls! { fn state: Cell<u32> = "rand" }

/// srand.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_srand(seed: c_uint) {
    state(|state| state.set(seed.wrapping_sub(1)));
}

/// rand: 0 to 32767.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_rand() -> c_int {
    state(|state| {
        let next = state.get().wrapping_add(1).wrapping_mul(214_013).wrapping_add(2_531_011);
        state.set(next.wrapping_sub(1));
        (next >> 16 & 0x7FFF).cast_signed()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_that_programs_have_always_got() {
        let three = || [ovl_rand(), ovl_rand(), ovl_rand()];
        assert_eq!(std::thread::spawn(three).join().unwrap(), [41, 18467, 6334]);
        ovl_srand(1);
        // Another thread has a sequence of its own.
        std::thread::spawn(|| ovl_srand(7)).join().unwrap();
        assert_eq!(three(), [41, 18467, 6334]);
        assert!((0..10_000).all(|_| (0..=0x7FFF).contains(&ovl_rand())));
    }
}
