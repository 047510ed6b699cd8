//! Everything that this library exports, by its Win32 names, as the build script found it in the sources.

/// A function of which only the address is known.
type Export = unsafe extern "C" fn();

include!(concat!(env!("OUT_DIR"), "/exports.rs"));

/// The address of the exported function of this Win32 name.
#[must_use]
pub fn export(name: &[u8]) -> Option<usize> {
    let at = EXPORTS.binary_search_by(|(other, _)| other.as_bytes().cmp(name)).ok()?;
    Some(EXPORTS[at].1 as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_calls_what_it_says() {
        assert!(EXPORTS.is_sorted_by(|a, b| a.0 < b.0) && EXPORTS.len() > 100);
        let ticks = export(b"GetTickCount64").unwrap();
        // SAFETY: the signature of that function.
        let ticks = unsafe { std::mem::transmute::<usize, extern "C" fn() -> u64>(ticks) };
        assert!(ticks().abs_diff(crate::sysinfoapi::ovl_GetTickCount64()) < 1000);
    }
}
