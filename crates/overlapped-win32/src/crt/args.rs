//! Where formatting gets its arguments from: a `va_list`, an array, or a list in a test.

/// Arguments, taken one after the other. The format says of which kind each is.
pub trait Arguments {
    /// An integer or a pointer. Of a narrower integer the upper bits mean nothing.
    fn word(&mut self) -> u64;

    /// A `double`.
    fn double(&mut self) -> f64;

    /// A `long double`.
    fn long_double(&mut self) -> f64;
}

/// An array with 64 bits for each argument, as FORMAT_MESSAGE_ARGUMENT_ARRAY has it. Past its end all are zero.
pub struct Words<'a>(pub &'a [u64]);

impl Arguments for Words<'_> {
    fn word(&mut self) -> u64 {
        match self.0.split_first() {
            Some((&first, rest)) => {
                self.0 = rest;
                first
            }
            None => 0,
        }
    }

    fn double(&mut self) -> f64 {
        f64::from_bits(self.word())
    }

    fn long_double(&mut self) -> f64 {
        self.double()
    }
}
