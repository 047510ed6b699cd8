//! Reading a `va_list`.
//!
//! Rust cannot define variadic functions, so the headers do: as inline functions that start a `va_list` and call an exported
//! function with it. What arrives is a pointer in both calling conventions: on x86-64 `va_list` is an array of one, which
//! becomes a pointer when it is passed; on AArch64 it is a structure of 32 bytes, which is passed by reference. The layouts
//! below are those of the System V ABI for x86-64 (section 3.5.7) and of the AAPCS64 (appendix "Variable argument lists").

use super::args::Arguments;
use std::marker::PhantomData;

/// What a `va_list` is made of.
#[cfg(target_arch = "x86_64")]
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct VaTag {
    /// Offset in `saved` of the next general register; 48 when all six are used up.
    general: u32,
    /// Offset in `saved` of the next vector register; 176 when all eight are used up.
    vector: u32,
    /// The next argument on the stack.
    stack: *mut u8,
    /// The registers, saved on entry.
    saved: *mut u8,
}

/// What a `va_list` is made of.
#[cfg(target_arch = "aarch64")]
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct VaTag {
    /// The next argument on the stack.
    stack: *mut u8,
    /// The end of the saved general registers.
    general_end: *mut u8,
    /// The end of the saved vector registers.
    vector_end: *mut u8,
    /// Offset of the next general register from their end; not negative when all are used up.
    general: i32,
    /// Offset of the next vector register from their end.
    vector: i32,
}

/// A `va_list` as a parameter.
pub type VaList = *mut VaTag;

/// The arguments behind a `va_list`. They are taken from a copy of it: on Windows a list is passed by value, so programs use it again after a
/// function that took from it.
pub struct VaArguments<'a>(VaTag, PhantomData<&'a VaTag>);

impl VaArguments<'_> {
    /// # Safety
    /// `list` is started, and has an argument of the right kind for each that is taken.
    #[must_use]
    pub unsafe fn new(list: VaList) -> Self {
        // SAFETY: the caller vouches for it.
        Self(unsafe { *list }, PhantomData)
    }

    /// Takes a word from the list itself, for functions that are given a pointer to one.
    ///
    /// # Safety
    /// As for [`VaArguments::new`].
    pub unsafe fn next_word(list: VaList) -> u64 {
        // SAFETY: the caller vouches for it.
        let mut arguments = unsafe { Self::new(list) };
        let word = arguments.word();
        // SAFETY: as above.
        unsafe { *list = arguments.0 };
        word
    }

    /// The place of an argument on the stack.
    fn on_stack(&mut self, size: usize) -> *const u8 {
        let place = self.0.stack.map_addr(|at| at.next_multiple_of(size));
        self.0.stack = place.wrapping_add(size);
        place
    }

    #[cfg(target_arch = "x86_64")]
    fn general(&mut self) -> *const u8 {
        if self.0.general < 48 {
            self.0.general += 8;
            return self.0.saved.wrapping_add(self.0.general as usize - 8);
        }
        self.on_stack(8)
    }

    #[cfg(target_arch = "x86_64")]
    fn vector(&mut self) -> *const u8 {
        if self.0.vector < 176 {
            self.0.vector += 16;
            return self.0.saved.wrapping_add(self.0.vector as usize - 16);
        }
        self.on_stack(8)
    }

    /// `long double` is 80 bits wide and always on the stack.
    #[cfg(target_arch = "x86_64")]
    fn long_vector(&mut self) -> *const u8 {
        self.on_stack(16)
    }

    #[cfg(target_arch = "aarch64")]
    fn general(&mut self) -> *const u8 {
        if self.0.general < 0 {
            self.0.general += 8;
            return self.0.general_end.wrapping_offset(self.0.general as isize - 8);
        }
        self.on_stack(8)
    }

    #[cfg(target_arch = "aarch64")]
    fn vector(&mut self) -> *const u8 {
        if self.0.vector < 0 { self.long_vector() } else { self.on_stack(8) }
    }

    /// `long double` is 128 bits wide and in one vector register.
    #[cfg(target_arch = "aarch64")]
    fn long_vector(&mut self) -> *const u8 {
        if self.0.vector < 0 {
            self.0.vector += 16;
            return self.0.vector_end.wrapping_offset(self.0.vector as isize - 16);
        }
        self.on_stack(16)
    }
}

impl Arguments for VaArguments<'_> {
    fn word(&mut self) -> u64 {
        // SAFETY: the list has such an argument, as `new` requires; its place has 8 bytes.
        unsafe { self.general().cast::<u64>().read_unaligned() }
    }

    fn double(&mut self) -> f64 {
        // SAFETY: as above.
        unsafe { self.vector().cast::<f64>().read_unaligned() }
    }

    fn long_double(&mut self) -> f64 {
        // SAFETY: as above; its place has 16 bytes.
        LongDouble(unsafe { self.long_vector().cast::<u128>().read_unaligned() }).to_f64()
    }
}

/// The bits of a `long double`: 64 (x86-64) or 112 (AArch64) of fraction, 15 of exponent, sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LongDouble(pub u128);

/// Bits of the fraction, with the leading one where it is stored.
const FRACTION: u32 = if cfg!(target_arch = "x86_64") { 64 } else { 112 };
/// Whether the leading one is stored.
const EXPLICIT: bool = cfg!(target_arch = "x86_64");
const BIAS: i32 = 16_383;

impl LongDouble {
    /// The nearest double. `long double` of Windows is no wider, so nothing that a program expects is lost.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        let fraction = self.0 & ((1 << FRACTION) - 1);
        let exponent = (self.0 >> FRACTION & 0x7FFF) as i32;
        let sign = if self.0 >> (FRACTION + 15) & 1 == 1 { -1.0 } else { 1.0 };
        let one = if EXPLICIT || exponent == 0 { 0 } else { 1 << FRACTION };
        let bits = if EXPLICIT { FRACTION - 1 } else { FRACTION } as i32;
        match exponent {
            0x7FFF if fraction << 1 & ((1 << FRACTION) - 1) == 0 && (EXPLICIT || fraction == 0) => sign * f64::INFINITY,
            0x7FFF => f64::NAN.copysign(sign),
            _ => sign * scale((fraction | one) as f64, exponent.max(1) - BIAS - bits),
        }
    }

    /// The same number.
    #[must_use]
    pub fn from_f64(value: f64) -> Self {
        let bits = value.to_bits();
        let sign = u128::from(bits >> 63) << (FRACTION + 15);
        let (mut exponent, mut fraction) = ((bits >> 52 & 0x7FF) as i32, u128::from(bits & ((1 << 52) - 1)));
        if exponent == 0 && fraction == 0 {
            return Self(sign);
        }
        if exponent == 0 {
            // Subnormal as a double, normal here.
            let shift = fraction.leading_zeros() as i32 - (127 - 52);
            fraction <<= shift;
            exponent = 1 - shift;
        } else {
            fraction |= 1 << 52;
        }
        let exponent = if exponent == 0x7FF { 0x7FFF } else { exponent - 1023 + BIAS };
        let point = if EXPLICIT { FRACTION - 1 } else { FRACTION };
        let fraction = (fraction << (point - 52)) & ((1 << FRACTION) - 1);
        Self(sign | (exponent as u128) << FRACTION | fraction)
    }
}

/// `value` times two to the power of `by`.
fn scale(mut value: f64, mut by: i32) -> f64 {
    while by > 1000 && value.is_finite() {
        value *= 2f64.powi(1000);
        by -= 1000;
    }
    while by < -1000 && value != 0.0 {
        value *= 2f64.powi(-1000);
        by += 1000;
    }
    if value == 0.0 || !value.is_finite() { value } else { value * 2f64.powi(by) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_doubles_come_back() {
        for value in
            [0.0, -0.0, 1.0, -2.5, 1e300, 1e-300, 5e-324, f64::MAX, f64::MIN_POSITIVE, f64::INFINITY, f64::NEG_INFINITY]
        {
            let back = LongDouble::from_f64(value).to_f64();
            assert_eq!(back.to_bits(), value.to_bits(), "{value:e}");
        }
        assert!(LongDouble::from_f64(f64::NAN).to_f64().is_nan());
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn registers_first_and_then_the_stack() {
        #[repr(align(16))]
        struct Stack([u64; 8]);

        let long = LongDouble::from_f64(-3.25).0;
        let (low, high) = (long as u64, (long >> 64) as u64);
        assert_eq!(LongDouble::from_f64(1.0).0, 0x3FFF_8000_0000_0000_0000);
        let mut saved = [0u64; 22];
        (saved[4], saved[5], saved[20]) = (4, 5, 1.5f64.to_bits());
        // With one more word before it, the long double is preceded by padding.
        for (more, stack) in [
            (false, [6, 2.5f64.to_bits(), low, high, 7, 0, 0, 0]),
            (true, [6, 2.5f64.to_bits(), 8, 0, low, high, 7, 0]),
        ] {
            let mut stack = Stack(stack);
            let (stack, saved) = (stack.0.as_mut_ptr().cast(), saved.as_mut_ptr().cast());
            let mut tag = VaTag { general: 32, vector: 160, stack, saved };
            // SAFETY: made above with what is taken.
            let mut list = unsafe { VaArguments::new(&mut tag) };
            assert_eq!((list.word(), list.word(), list.word()), (4, 5, 6));
            assert_eq!((list.double(), list.double()), (1.5, 2.5));
            assert!(!more || list.word() == 8);
            assert_eq!((list.long_double(), list.word()), (-3.25, 7));
        }
    }
}
