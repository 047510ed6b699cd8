//! DeviceIoControl on drives and volumes: the control codes and their answers (contract 01 §6).

use super::claim::{Key, mounts_of};
use super::device::{DiskDevice, What};
use super::device_of;
use super::partition::{Layout, Partition, PartitionKind, Style};
use crate::file::{Answer, Fields};
use overlapped_abi::constants::ioctl::*;
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_kernel::device::Device;
use overlapped_kernel::namespace::DiskName;
use overlapped_kernel::system::{Grant, System};

const FIXED_MEDIA: u32 = 12;
const REMOVABLE_MEDIA: u32 = 11;
const FILE_DEVICE_CD_ROM: u32 = 2;
/// Says that a volume is not on one of the drives of the table.
const NO_NUMBER: u32 = u32::MAX;

/// The shape that a drive would have if it had cylinders: the product is its length, or a little less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskGeometry {
    /// Cylinders.
    pub cylinders: u64,
    /// Tracks of a cylinder.
    pub tracks_per_cylinder: u32,
    /// Sectors of a track.
    pub sectors_per_track: u32,
    /// Bytes of a sector.
    pub bytes_per_sector: u32,
    /// Can the medium be taken out?
    pub removable: bool,
}

/// The drive's length in bytes: 5 without the right to read it.
pub fn length(grant: &Grant) -> Result<u64, Win32Error> {
    let device = device_of(grant)?;
    if !grant.access.contains(AccessMask::READ_DATA) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    whole_length(device)
}

fn whole_length(device: &DiskDevice) -> Result<u64, Win32Error> {
    device.length().filter(|length| *length > 0).ok_or(Win32Error::NOT_READY)
}

/// The drive's shape: 21 without a medium.
pub fn geometry(grant: &Grant) -> Result<DiskGeometry, Win32Error> {
    let device = device_of(grant)?;
    let sector = device.sectors().sector;
    let sectors = whole_length(device)? / u64::from(sector);
    // What disks pretend, and for small ones what leaves something.
    let shapes = [(255, 63), (64, 32), (1, 1)];
    let fits = |(tracks, per_track): &(u32, u32)| sectors >= u64::from(tracks * per_track);
    let (tracks_per_cylinder, sectors_per_track) = shapes.into_iter().find(fits).unwrap_or((1, 1));
    Ok(DiskGeometry {
        cylinders: sectors / u64::from(tracks_per_cylinder * sectors_per_track),
        tracks_per_cylinder,
        sectors_per_track,
        bytes_per_sector: sector,
        removable: number(device).is_some_and(super::host::Number::is_removable),
    })
}

/// The partitions on it: 5 without the right to read it.
pub fn layout(grant: &Grant) -> Result<Layout, Win32Error> {
    let length = length(grant)?;
    let device = device_of(grant)?;
    Ok(super::partition::layout(device.sectors().sector, length, |at, buffer| device.read(at, buffer)))
}

fn number(device: &DiskDevice) -> Option<super::host::Number> {
    match device.made().key {
        Key::Block(number) => Some(number),
        Key::Image(_) => None,
    }
}

/// Does what the code says with the caller's input; `room` is that of the output. 1 for a code that drives do not know, 87 for an input that
/// is too small, 122 for an output that is.
pub fn control(system: &System, grant: &Grant, code: u32, input: &[u8], room: usize) -> Result<Answer, Win32Error> {
    let device = device_of(grant)?;
    let fields = match code {
        IOCTL_DISK_GET_DRIVE_GEOMETRY => shape(geometry(grant)?),
        IOCTL_DISK_GET_DRIVE_GEOMETRY_EX => return geometry_ex(grant, room),
        IOCTL_DISK_GET_LENGTH_INFO => Fields::default().size(length(grant)?),
        IOCTL_DISK_GET_PARTITION_INFO_EX => partition_info(grant)?,
        IOCTL_DISK_GET_DRIVE_LAYOUT_EX => drive_layout(&layout(grant)?),
        IOCTL_DISK_IS_WRITABLE if number(device).is_some_and(super::host::Number::is_protected) => {
            return Err(Win32Error::WRITE_PROTECT);
        }
        IOCTL_STORAGE_CHECK_VERIFY if device.length().is_none_or(|length| length == 0) => {
            return Err(Win32Error::NOT_READY);
        }
        IOCTL_DISK_IS_WRITABLE | IOCTL_STORAGE_CHECK_VERIFY | FSCTL_ALLOW_EXTENDED_DASD_IO => Fields::default(),
        IOCTL_STORAGE_GET_DEVICE_NUMBER => device_number(system, device),
        IOCTL_STORAGE_QUERY_PROPERTY => return property(device, input, room),
        IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS => extents(system, device)?,
        FSCTL_LOCK_VOLUME => device.lock().map(|()| Fields::default())?,
        FSCTL_UNLOCK_VOLUME => device.unlock().map(|()| Fields::default())?,
        FSCTL_DISMOUNT_VOLUME => device.dismount().map(|()| Fields::default())?,
        FSCTL_IS_VOLUME_MOUNTED if mounts_of(device.made()).is_empty() => return Err(Win32Error::NOT_READY),
        FSCTL_IS_VOLUME_MOUNTED => Fields::default(),
        _ => return Err(Win32Error::INVALID_FUNCTION),
    };
    let bytes = fields.done();
    if bytes.len() > room { Err(Win32Error::INSUFFICIENT_BUFFER) } else { Ok(Answer::whole(bytes)) }
}

fn shape(shape: DiskGeometry) -> Fields {
    let media = if shape.removable { REMOVABLE_MEDIA } else { FIXED_MEDIA };
    let fields = Fields::default().size(shape.cylinders).u32(media).u32(shape.tracks_per_cylinder);
    fields.u32(shape.sectors_per_track).u32(shape.bytes_per_sector)
}

/// The length behind the shape, and as much of the structure's end as there is room for.
fn geometry_ex(grant: &Grant, room: usize) -> Result<Answer, Win32Error> {
    const LEAST: usize = 32;
    const WHOLE: usize = 40;
    if room < LEAST {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    let fields = shape(geometry(grant)?).size(whole_length(device_of(grant)?)?);
    Ok(Answer::whole(fields.padded(room.min(WHOLE)).done()))
}

const MBR: u32 = 0;
const GPT: u32 = 1;
const RAW: u32 = 2;

/// PARTITION_INFORMATION_EX.
fn partition_fields(fields: Fields, style: u32, partition: &Partition, sector: u64) -> Fields {
    let fields = fields.u32(style).u32(0).size(partition.start).size(partition.length).u32(partition.number).u32(0);
    match &partition.kind {
        PartitionKind::Mbr { id, active } => {
            let hidden = u32::try_from(partition.start / sector).unwrap_or(u32::MAX);
            let fields = fields.u8(*id).u8(u8::from(*active)).u8(u8::from(*id != 0)).u8(0).u32(hidden);
            fields.bytes(&[0; 16]).bytes(&[0; 88])
        }
        PartitionKind::Gpt { id, unique, attributes, name } => {
            fields.bytes(id).bytes(unique).size(*attributes).units(name)
        }
    }
}

fn style_of(style: Style) -> u32 {
    match style {
        Style::Raw => RAW,
        Style::Mbr { .. } => MBR,
        Style::Gpt { .. } => GPT,
    }
}

/// Of a partition itself; a whole drive is partition 0 of its kind of table.
fn partition_info(grant: &Grant) -> Result<Fields, Win32Error> {
    let device = device_of(grant)?;
    let length = whole_length(device)?;
    let sector = u64::from(device.sectors().sector);
    let raw = |number, start, id| Partition { number, start, length, kind: PartitionKind::Mbr { id, active: false } };
    let Some(own) = number(device) else {
        let style = if matches!(device.made().what, What::Whole(_)) { style_of(layout(grant)?.style) } else { RAW };
        return Ok(partition_fields(Fields::default(), style, &raw(0, 0, 0), sector));
    };
    let Some((index, start)) = own.partition() else {
        let style = layout(grant).map_or(RAW, |layout| style_of(layout.style));
        return Ok(partition_fields(Fields::default(), style, &raw(0, 0, 0), sector));
    };
    // What the disk's table says of it, if that may be read.
    let table = own.whole().and_then(|disk| table_of(disk, device.sectors().sector));
    let listed = table.as_ref().and_then(|table| table.partitions.iter().find(|partition| partition.start == start));
    const LINUX: u8 = 0x83;
    let style = table.as_ref().map_or(MBR, |table| style_of(table.style));
    let found = listed.cloned().unwrap_or_else(|| raw(index, start, LINUX));
    Ok(partition_fields(Fields::default(), style, &found, sector))
}

fn table_of(disk: super::host::Number, sector: u32) -> Option<Layout> {
    use std::os::unix::fs::FileExt;
    let (file, length) = (std::fs::File::open(disk.node()?).ok()?, disk.length()?);
    Some(super::partition::layout(sector, length, |at, buffer| file.read_exact_at(buffer, at).is_ok()))
}

/// DRIVE_LAYOUT_INFORMATION_EX; of a master boot record always four entries at least, as it has them.
fn drive_layout(layout: &Layout) -> Fields {
    const FIXED: usize = 48;
    let mut partitions = layout.partitions.clone();
    let head = match layout.style {
        Style::Raw => Fields::default().u32(RAW).u32(0),
        Style::Mbr { signature } => {
            for number in 1..=4 {
                if !partitions.iter().any(|partition| partition.number == number) {
                    let kind = PartitionKind::Mbr { id: 0, active: false };
                    partitions.push(Partition { number, start: 0, length: 0, kind });
                }
            }
            partitions.sort_by_key(|partition| partition.number);
            Fields::default().u32(MBR).u32(partitions.len() as u32).u32(signature)
        }
        Style::Gpt { disk, usable, length, most } => {
            let head = Fields::default().u32(GPT).u32(partitions.len() as u32);
            head.bytes(&disk).size(usable).size(length).u32(most)
        }
    };
    const SECTOR: u64 = 512;
    let style = style_of(layout.style);
    partitions.iter().fold(head.padded(FIXED), |fields, partition| partition_fields(fields, style, partition, SECTOR))
}

/// The N of the drive in the table that this is, or is on.
fn drive_number(system: &System, device: &DiskDevice) -> u32 {
    if let What::Whole(DiskName::PhysicalDrive(n) | DiskName::CdRom(n)) = device.made().what {
        return n;
    }
    let Some(own) = number(device) else { return NO_NUMBER };
    let disk = own.whole().unwrap_or(own);
    let is_it = |path: &std::path::Path| rustix::fs::stat(path).is_ok_and(|stat| stat.st_rdev == disk.0);
    let names = system.namespace().read();
    let mut drives = names.disks().filter_map(|(name, path)| match name {
        DiskName::PhysicalDrive(n) if is_it(path) => Some(n),
        _ => None,
    });
    drives.next().unwrap_or(NO_NUMBER)
}

fn device_number(system: &System, device: &DiskDevice) -> Fields {
    let optical = matches!(device.made().what, What::Whole(DiskName::CdRom(_)));
    let kind = if optical { FILE_DEVICE_CD_ROM } else { FILE_DEVICE_DISK };
    let partition = match device.made().what {
        What::Whole(DiskName::CdRom(_)) => NO_NUMBER,
        What::Whole(_) => 0,
        What::Volume => number(device).and_then(super::host::Number::partition).map_or(0, |(index, _)| index),
    };
    Fields::default().u32(kind).u32(drive_number(system, device)).u32(partition)
}

/// VOLUME_DISK_EXTENTS: a volume is one run here.
fn extents(system: &System, device: &DiskDevice) -> Result<Fields, Win32Error> {
    let length = whole_length(device)?;
    let start = number(device).and_then(super::host::Number::partition).map_or(0, |(_, start)| start);
    let fields = Fields::default().u32(1).u32(0).u32(drive_number(system, device)).u32(0);
    Ok(fields.size(start).size(length))
}

/// IOCTL_STORAGE_QUERY_PROPERTY: as much of the property as there is room for, or whether it exists.
fn property(device: &DiskDevice, input: &[u8], room: usize) -> Result<Answer, Win32Error> {
    const DEVICE: u32 = StorageDeviceProperty;
    const ALIGNMENT: u32 = StorageAccessAlignmentProperty;
    const SEEK_PENALTY: u32 = 7;
    const TRIM: u32 = 8;
    const EXISTS: u32 = 1;
    let dword = |at: usize| input.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_ne_bytes);
    let (Some(id), Some(query)) = (dword(0), dword(4)) else { return Err(Win32Error::INVALID_PARAMETER) };
    let own = number(device);
    let fields = match id {
        DEVICE => descriptor(device),
        ALIGNMENT => {
            let logical = device.sectors().sector;
            let physical = own.and_then(super::host::Number::sectors).map_or(logical, |(_, physical)| physical);
            const SIZE: u32 = 28;
            Fields::default().u32(SIZE).u32(SIZE).u32(64).u32(0).u32(logical).u32(physical).u32(0)
        }
        SEEK_PENALTY => flag_property(own.is_some_and(super::host::Number::turns)),
        TRIM => flag_property(own.is_none()),
        _ => return Err(Win32Error::INVALID_FUNCTION),
    };
    let mut bytes = if query == EXISTS { Vec::new() } else { fields.done() };
    // A caller may ask for the head alone, which says how long the whole is.
    bytes.truncate(room);
    Ok(Answer::whole(bytes))
}

fn flag_property(on: bool) -> Fields {
    const SIZE: u32 = 12;
    Fields::default().u32(SIZE).u32(SIZE).u8(u8::from(on)).padded(SIZE as usize)
}

/// STORAGE_DEVICE_DESCRIPTOR, with the names behind it.
fn descriptor(device: &DiskDevice) -> Fields {
    const FIXED: u32 = 36;
    const VERSION: u32 = 40;
    const BUS_FILE_BACKED: u32 = 15;
    let own = number(device);
    let labels = own.map(super::host::Number::labels).unwrap_or_default();
    let mut names = Vec::new();
    let offsets = labels.map(|label| {
        if label.is_empty() {
            return 0;
        }
        let at = FIXED + names.len() as u32;
        names.extend(label.bytes());
        names.push(0);
        at
    });
    let [vendor, product, revision, serial] = offsets;
    let removable = own.is_some_and(super::host::Number::is_removable);
    let bus = if own.is_some() { 0 } else { BUS_FILE_BACKED };
    let head = Fields::default().u32(VERSION).u32(FIXED + names.len() as u32);
    // Type and its modifier, removable, queued commands.
    let head = head.u8(0).u8(0).u8(u8::from(removable)).u8(1);
    head.u32(vendor).u32(product).u32(revision).u32(serial).u32(bus).u32(0).bytes(&names)
}
