//! A drive as a run of sectors: writes a partition table to an image file, and lists it.
//!
//!     cargo run -p overlapped --example partitions              an image of its own
//!     cargo run -p overlapped --example partitions -- 0         \\.\PhysicalDrive0, if you may read it
//!
//! What to look at:
//!
//! - A drive opens by its name, and the table of names says what it is: here an image file stands in for one.
//! - Everything keeps to sectors: an offset of 100 fails with 87.
//! - There is no end to write at: what does not fit fails with 27, and the image stays as long as it is.

use overlapped::disk::{Layout, PartitionKind};
use overlapped::namespace::{Disk, DiskName, Namespace};
use overlapped::{AlignedBuf, OpenOptions, OverlappedFile, Result, SystemBuilder, disk};
use std::fs::File;

const SECTOR: u64 = 512;
const SIZE: u64 = 64 << 20;

fn show(layout: &Layout) {
    println!("{:?}", layout.style);
    for partition in &layout.partitions {
        let kind = match &partition.kind {
            PartitionKind::Mbr { id, active } => format!("type {id:#04x}{}", if *active { ", active" } else { "" }),
            PartitionKind::Gpt { name, .. } => String::from_utf16_lossy(name).trim_end_matches('\0').to_owned(),
        };
        let (start, length) = (partition.start / SECTOR, partition.length / SECTOR);
        println!("{}: sectors {start} to {}, {kind}", partition.number, start + length - 1);
    }
}

/// Two partitions in a master boot record.
fn table() -> AlignedBuf {
    let mut record = AlignedBuf::with_capacity(4096);
    record.resize(4096);
    record[440..444].copy_from_slice(&0x4F56_4C50_u32.to_le_bytes());
    for (entry, (id, first, count)) in [(0x0C, 2048_u32, 32768_u32), (0x83, 40960, 81920)].into_iter().enumerate() {
        let at = 446 + 16 * entry;
        record[at] = if entry == 0 { 0x80 } else { 0 };
        record[at + 4] = id;
        record[at + 8..at + 12].copy_from_slice(&first.to_le_bytes());
        record[at + 12..at + 16].copy_from_slice(&count.to_le_bytes());
    }
    record[510..512].copy_from_slice(&[0x55, 0xAA]);
    record
}

fn on_an_image(drive: &OverlappedFile) -> Result<()> {
    let (written, _) = drive.write_at(table(), 0).wait();
    assert_eq!(written?, 4096);
    let layout = disk::layout(drive.handle())?;
    show(&layout);
    assert_eq!(layout.partitions.len(), 2);
    assert_eq!(layout.partitions[1].start, 40960 * SECTOR);

    let (off, _) = drive.read_at(AlignedBuf::with_capacity(4096), 100).wait();
    println!("at offset 100: {}", off.unwrap_err());
    let (beyond, _) = drive.write_at(table(), disk::length(drive.handle())?).wait();
    println!("at the end: {}", beyond.unwrap_err());
    Ok(())
}

fn main() -> Result<()> {
    if let Some(number) = std::env::args().nth(1) {
        let drive = OpenOptions::new().read(true).open_overlapped(format!(r"\\.\PhysicalDrive{number}"))?;
        let shape = disk::geometry(drive.handle())?;
        println!("{} bytes in sectors of {}", disk::length(drive.handle())?, shape.bytes_per_sector);
        show(&disk::layout(drive.handle())?);
        return Ok(());
    }
    let image = std::env::temp_dir().join(format!("overlapped-partitions-{}.img", std::process::id()));
    File::create(&image)?.set_len(SIZE)?;
    let mut names = Namespace::new();
    names.set_disk(DiskName::PhysicalDrive(0), Disk::new(&image)).expect("an absolute path");
    let system = SystemBuilder::new().namespace(names).build()?;
    let mut options = OpenOptions::new();
    let drive = options.read(true).write(true).system(&system).open_overlapped(r"\\.\PhysicalDrive0")?;
    let done = on_an_image(&drive);
    assert_eq!(std::fs::metadata(&image)?.len(), SIZE);
    std::fs::remove_file(&image)?;
    done
}
