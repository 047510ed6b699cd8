//! The arguments of a message: from a `va_list` or an array, in any order.

use crate::crt::args::Words;
use crate::crt::printf;
use crate::crt::va::{VaArguments, VaList};
use crate::text::Unit;

/// No insert has a larger number.
const MOST: usize = 99;

enum Source {
    None,
    Array(*const u64),
    List(VaList),
}

/// See the module page. What was read is kept, because a `va_list` can be read forwards only.
pub struct Inserts {
    source: Source,
    read: Vec<u64>,
}

impl Inserts {
    /// # Safety
    /// `arguments` is NULL, or an array of 64-bit values, or points to a started `va_list`; it has what the message asks for.
    #[must_use]
    pub unsafe fn new(arguments: *mut std::ffi::c_void, array: bool) -> Self {
        let source = match (arguments.is_null(), array) {
            (true, _) => Source::None,
            (false, true) => Source::Array(arguments.cast()),
            // Where `va_list` is an array of one, a pointer to it is a pointer to its element, as it is where it is a structure.
            (false, false) => Source::List(arguments.cast()),
        };
        Self { source, read: Vec::new() }
    }

    /// Whether there are any.
    #[must_use]
    pub fn given(&self) -> bool {
        !matches!(self.source, Source::None)
    }

    /// Argument number `index`, from 0.
    fn get(&mut self, index: usize) -> u64 {
        while self.read.len() <= index.min(MOST) {
            let next = match self.source {
                Source::None => 0,
                // SAFETY: the array has what the message asks for, as `new` requires.
                Source::Array(array) => unsafe { array.add(self.read.len()).read() },
                // SAFETY: likewise the list; it goes on where it stopped, because reading moves it.
                Source::List(list) => unsafe { VaArguments::next_word(list) },
            };
            self.read.push(next);
        }
        self.read.get(index).copied().unwrap_or(0)
    }

    /// Insert `number`, from 1, formatted as `pattern` (what is between the exclamation marks) says. Widths and precisions that
    /// are stars take the arguments before it.
    ///
    /// # Safety
    /// The arguments are what the pattern asks for.
    pub unsafe fn format<U: Unit>(&mut self, number: usize, pattern: &[U]) -> Vec<U> {
        let stars = pattern.iter().filter(|unit| unit.is(b'*')).count().min(2);
        let first = number - 1;
        let words: Vec<u64> = (first..=first + stars).map(|index| self.get(index)).collect();
        let mut directive = vec![U::from(b'%')];
        directive.extend_from_slice(pattern);
        let mut text = Vec::new();
        // SAFETY: the caller vouches for the arguments.
        let _ = unsafe { printf::format(&mut text, &directive, &mut Words(&words)) };
        text
    }
}
