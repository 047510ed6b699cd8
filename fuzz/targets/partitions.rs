//! Partition tables (contract 01 section 6): whatever stands on a disk, listing its partitions ends, and each lies on the disk.

#![no_main]

use libfuzzer_sys::fuzz_target;
use overlapped_devices::disk::partition::layout;

fuzz_target!(|bytes: &[u8]| {
    let Some((sector, image)) = bytes.split_first() else { return };
    let (sector, size) = (512 << (sector % 4), image.len() as u64);
    let found = layout(sector, size, |at, buffer| {
        let there = image.get(at as usize..at as usize + buffer.len());
        there.map(|there| buffer.copy_from_slice(there)).is_some()
    });
    for partition in found.partitions {
        assert!(partition.length > 0 && partition.start + partition.length <= size);
    }
});
