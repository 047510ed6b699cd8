//! How much at once this machine has room for: memory for the buffers, descriptors for the files.

use crate::problem::Problem;
use crate::size::human;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::path::Path;

/// Descriptors for everything but files on their way: the engine's, directories being listed, standard ones.
const OTHERS: u64 = 32;

/// Refuses what could only end in a lack of memory: buffers that fill more than half of it.
pub fn check(depth: usize, chunk: usize) -> Result<(), Problem> {
    let found = rustix::system::sysinfo();
    let total = (found.totalram as u64).saturating_mul(found.mem_unit.into());
    refusal(depth, chunk, total).map_or(Ok(()), |why| Err(Problem::new(Path::new("--chunk"), why)))
}

fn refusal(depth: usize, chunk: usize, total: u64) -> Option<String> {
    let wanted = (depth as u64).saturating_mul(chunk as u64);
    (wanted > total / 2).then(|| {
        let (wanted, total, chunk) = (human(wanted), human(total), human(chunk as u64));
        format!(
            "nothing was copied: {depth} requests of {chunk} need {wanted} of the {total} of memory here; lower \
             --queue-depth or --chunk"
        )
    })
}

/// How many files can be open at once, source and target each, with no more than `depth` wanted. Takes as many descriptors as
/// the process may have.
pub fn files(depth: usize, threads: usize) -> usize {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return depth };
    let raised = hard > soft && setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok();
    fitting(if raised { hard } else { soft }, depth, threads)
}

fn fitting(limit: u64, depth: usize, threads: usize) -> usize {
    // A worker lists a directory, and may open one more file before it has closed the last.
    let left = limit.saturating_sub(OTHERS + 3 * threads as u64) / 2;
    depth.min(usize::try_from(left).unwrap_or(usize::MAX)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_may_have_half_of_the_memory() {
        assert_eq!(refusal(8, 256 << 10, 1 << 30), None);
        assert_eq!(refusal(4, 1 << 30, 8 << 30), None);
        let why = refusal(5, 1 << 30, 8 << 30).unwrap();
        assert!(why.contains("5.00 GiB of the 8.00 GiB") && why.contains("lower --queue-depth"), "{why}");
        assert!(refusal(usize::MAX, usize::MAX, u64::MAX).is_some());
    }

    #[test]
    fn every_file_has_two_descriptors() {
        assert_eq!(fitting(1024, 512, 2), 493);
        assert_eq!(fitting(1024, 8, 2), 8);
        assert_eq!(fitting(4, 8, 2), 1);
        assert_eq!(fitting(u64::MAX, 4096, 64), 4096);
    }
}
