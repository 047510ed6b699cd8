//! wsprintf (`winuser.h`): printf without floating point, into a buffer of 1024 units.

use crate::arguments::pair;
use crate::crt::printf::{Room, format};
use crate::crt::va::{VaArguments, VaList};
use crate::support::guard;
use crate::text::units_or_empty;

/// The room that every buffer has, with the zero.
const ROOM: usize = 1024;

pair! {
    /// wvsprintf: the length; what is longer than 1023 units is cut.
    fn ovl_wvsprintfA ovl_wvsprintfW(to: *mut C, pattern: *const C, list: VaList) -> i32 {
        guard(0, || {
            // SAFETY: the caller vouches for the arguments and the room.
            unsafe {
                let mut sink = Room::new(to, ROOM - 1);
                let len = format(&mut sink, units_or_empty(pattern), &mut VaArguments::new(list));
                let len = len.unwrap_or(0).min(ROOM - 1);
                to.add(len).write(C::default());
                len as i32
            }
        })
    }
}
