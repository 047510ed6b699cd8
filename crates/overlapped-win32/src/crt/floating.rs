//! `float.h`: how a thread's processor rounds, which exceptions of floating point raise a fault, and what kind of number one is.
//!
//! Rounding and masks go through libc's `<fenv.h>`, so that its functions agree, and a fault that is not masked comes as an exception of
//! Windows like any other. What libc has no names for, denormals and their flushing to zero, is in a register of the processor, which only
//! x86-64 has in this form; elsewhere those bits stay as they are at the start. As on 64-bit Windows, precision cannot be chosen.

use libc::{EINVAL, c_int};
use std::num::FpCategory;

#[link(name = "m")]
unsafe extern "C" {
    fn fegetround() -> c_int;
    fn fesetround(to: c_int) -> c_int;
    fn fegetexcept() -> c_int;
    fn feenableexcept(which: c_int) -> c_int;
    fn fedisableexcept(which: c_int) -> c_int;
    fn fetestexcept(which: c_int) -> c_int;
    fn feclearexcept(which: c_int) -> c_int;
}

#[cfg(target_arch = "x86_64")]
mod libc_values {
    /// To nearest, down, up, towards zero, in the order of `_RC_NEAR` to `_RC_CHOP`.
    pub const ROUNDING: [i32; 4] = [0, 0x400, 0x800, 0xC00];
    /// Inexact, underflow, overflow, division by zero, invalid: in the order of `_EM_INEXACT` to `_EM_INVALID`.
    pub const EXCEPTIONS: [i32; 5] = [0x20, 0x10, 0x08, 0x04, 0x01];
}
#[cfg(target_arch = "aarch64")]
mod libc_values {
    pub const ROUNDING: [i32; 4] = [0, 0x80_0000, 0x40_0000, 0xC0_0000];
    pub const EXCEPTIONS: [i32; 5] = [0x10, 0x08, 0x04, 0x02, 0x01];
}
use libc_values::{EXCEPTIONS, ROUNDING};

/// `_MCW_EM`, `_MCW_RC` and `_MCW_DN`: the bits of the control word that a program can choose here.
const EXCEPTION_MASK: u32 = 0x0008_001F;
const ROUNDING_MASK: u32 = 0x0000_0300;
const DENORMAL_MASK: u32 = 0x0300_0000;
/// `_EM_DENORMAL` and `_SW_DENORMAL`.
const DENORMAL: u32 = 0x0008_0000;

/// The register MXCSR, or a plain one where there is none.
#[cfg(target_arch = "x86_64")]
mod register {
    use std::arch::asm;

    pub fn read() -> u32 {
        let mut value = 0u32;
        // SAFETY: it stores four bytes to a place of ours.
        unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut value, options(nostack, preserves_flags)) };
        value
    }

    pub fn write(value: u32) {
        // SAFETY: the value is one that was read, with bits changed that the register has; it counts for C code that runs later.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const value, options(nostack, readonly, preserves_flags)) };
    }
}
#[cfg(not(target_arch = "x86_64"))]
mod register {
    pub fn read() -> u32 {
        1 << 8
    }

    pub fn write(_: u32) {}
}

/// Bits of MXCSR: a denormal was met, such a fault is masked, denormal operands are zeros, denormal results become zeros.
const MET: u32 = 1 << 1;
const MASKED: u32 = 1 << 8;
const OPERANDS: u32 = 1 << 6;
const RESULTS: u32 = 1 << 15;

/// libc's bits for exceptions as those of Windows.
fn exceptions(of_libc: c_int) -> u32 {
    EXCEPTIONS.iter().enumerate().filter(|(_, bit)| of_libc & **bit != 0).fold(0, |all, (i, _)| all | 1 << i)
}

/// And back.
fn of_libc(exceptions: u32) -> c_int {
    EXCEPTIONS.iter().enumerate().filter(|(i, _)| exceptions >> i & 1 != 0).fold(0, |all, (_, bit)| all | bit)
}

fn control() -> u32 {
    // SAFETY: they read registers.
    let (enabled, rounding) = unsafe { (fegetexcept(), fegetround()) };
    let rounding = ROUNDING.iter().position(|&value| value == rounding).unwrap_or_default() as u32;
    let register = register::read();
    let denormals = match (register & OPERANDS != 0, register & RESULTS != 0) {
        (false, false) => 0,
        (true, true) => 0x0100_0000,
        (true, false) => 0x0200_0000,
        (false, true) => 0x0300_0000,
    };
    let masked = !exceptions(enabled) & 0x1F | if register & MASKED != 0 { DENORMAL } else { 0 };
    masked | rounding << 8 | denormals
}

fn set_control(to: u32) {
    let masked = of_libc(to);
    // SAFETY: they change registers of this thread, as the program has asked for.
    unsafe {
        fedisableexcept(masked);
        feenableexcept(of_libc(!to & 0x1F));
        fesetround(ROUNDING[(to >> 8 & 3) as usize]);
    }
    let mut register = register::read() & !(MASKED | OPERANDS | RESULTS);
    register |= if to & DENORMAL != 0 { MASKED } else { 0 };
    register |= match to & DENORMAL_MASK {
        0 => 0,
        0x0100_0000 => OPERANDS | RESULTS,
        0x0200_0000 => OPERANDS,
        _ => RESULTS,
    };
    register::write(register);
}

fn status() -> u32 {
    // SAFETY: it reads registers.
    let met = exceptions(unsafe { fetestexcept(of_libc(0x1F)) });
    met | if register::read() & MET != 0 { DENORMAL } else { 0 }
}

/// _control87: the control word, after the bits of `mask` have become those of `new`. Precision is ignored, as on 64-bit Windows.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__control87(new: u32, mask: u32) -> u32 {
    let mask = mask & (EXCEPTION_MASK | ROUNDING_MASK | DENORMAL_MASK);
    let before = control();
    if mask == 0 {
        return before;
    }
    set_control(before & !mask | new & mask);
    control()
}

/// _controlfp: the same, and never changes what denormals do.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__controlfp(new: u32, mask: u32) -> u32 {
    ovl__control87(new, mask & !DENORMAL)
}

/// _controlfp_s: 0, or EINVAL if the mask has bits that no control word has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__controlfp_s(now: *mut u32, new: u32, mask: u32) -> c_int {
    // Precision and infinity are words of the mask that choose nothing.
    let known = EXCEPTION_MASK | ROUNDING_MASK | DENORMAL_MASK | 0x0007_0000;
    let wrong = mask & !known != 0 && mask != u32::MAX;
    let control = ovl__controlfp(new, if wrong { 0 } else { mask });
    if !now.is_null() {
        // SAFETY: the caller vouches for the place.
        unsafe { now.write(control) };
    }
    if wrong { super::invalid(EINVAL) } else { 0 }
}

/// _statusfp: what has happened since the last _clearfp, as `_SW_*`.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__statusfp() -> u32 {
    status()
}

/// _clearfp: the same, and forgets it.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__clearfp() -> u32 {
    let before = status();
    // SAFETY: it changes registers of this thread.
    unsafe { feclearexcept(of_libc(0x1F)) };
    register::write(register::read() & !MET);
    before
}

/// _fpreset: all as at the start of a thread.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__fpreset() {
    ovl__clearfp();
    set_control(EXCEPTION_MASK);
}

/// _fpclass: one of the eight kinds with both signs, or the two of no number, as `_FPCLASS_*`.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__fpclass(value: f64) -> c_int {
    let (negative, positive) = match value.classify() {
        FpCategory::Nan => {
            let quiet = value.to_bits() >> 51 & 1 != 0;
            return if quiet { 0x0002 } else { 0x0001 };
        }
        FpCategory::Infinite => (0x0004, 0x0200),
        FpCategory::Normal => (0x0008, 0x0100),
        FpCategory::Subnormal => (0x0010, 0x0080),
        FpCategory::Zero => (0x0020, 0x0040),
    };
    if value.is_sign_negative() { negative } else { positive }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn the_control_word_masks_all_and_rounds_to_nearest_until_it_is_changed() {
        assert_eq!(ovl__controlfp(0, 0), EXCEPTION_MASK);
        let third = || black_box(1.0f64) / black_box(3.0);
        let near = third();
        for (rounding, expected) in [(0x100, near), (0x200, near.next_up()), (0x300, near), (0, near)] {
            assert_eq!(ovl__controlfp(rounding, ROUNDING_MASK), EXCEPTION_MASK | rounding);
            assert_eq!(third(), expected, "{rounding:#x}");
        }
        // Division by zero and overflow are let through, and masked again; _controlfp leaves the denormals' mask alone.
        assert_eq!(ovl__controlfp(0, 0x08 | 0x04 | DENORMAL), EXCEPTION_MASK & !0x0C);
        assert_eq!(
            ovl__control87(0, DENORMAL),
            EXCEPTION_MASK & !0x0C & !(if cfg!(target_arch = "x86_64") { DENORMAL } else { 0 })
        );
        ovl__fpreset();
        assert_eq!(ovl__control87(0, 0), EXCEPTION_MASK);
    }

    #[test]
    fn what_has_happened_is_kept_until_it_is_cleared() {
        ovl__clearfp();
        assert_eq!(ovl__statusfp(), 0);
        black_box(black_box(1.0f64) / black_box(0.0));
        assert_eq!(ovl__statusfp(), 0x08);
        black_box(black_box(1.0f64) / black_box(3.0));
        assert_eq!((ovl__clearfp(), ovl__statusfp()), (0x09, 0));
    }

    #[test]
    fn each_kind_of_number_has_its_class() {
        let values =
            [f64::NEG_INFINITY, -1.0, -f64::MIN_POSITIVE / 2.0, -0.0, 0.0, f64::MIN_POSITIVE / 2.0, 1.0, f64::INFINITY];
        assert_eq!(values.map(|value| ovl__fpclass(value)), [0x4, 0x8, 0x10, 0x20, 0x40, 0x80, 0x100, 0x200]);
        assert_eq!([0x7FF8 << 48, 0x7FF0_0000_0000_0001].map(|bits| ovl__fpclass(f64::from_bits(bits))), [2, 1]);
    }

    #[test]
    fn a_mask_of_bits_that_no_control_word_has_is_refused() {
        let mut now = 0;
        // SAFETY: the place is there.
        unsafe {
            assert_eq!((ovl__controlfp_s(&raw mut now, 0, 0), now), (0, EXCEPTION_MASK));
            assert_eq!(ovl__controlfp_s(&raw mut now, 0, 0x4000_0000), EINVAL);
        }
    }
}
