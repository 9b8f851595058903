//! Floppy disks with a program that produces graphics and sound.

use std::fs;
use std::path::Path;

/// Sets the video mode to 320 × 200 with 256 colours, turns the speaker on, paints a pattern, and
/// writes a line to port 0xe9.
const PAINT: &[u8] = &[
    0x31, 0xc0, //             xor %ax,%ax
    0x8e, 0xd8, //             mov %ax,%ds
    0x8e, 0xd0, //             mov %ax,%ss
    0xbc, 0x00, 0x7c, //       mov $0x7c00,%sp
    0xb8, 0x13, 0x00, //       mov $0x13,%ax
    0xcd, 0x10, //             int $0x10
    0xb8, 0x00, 0xa0, //       mov $0xa000,%ax
    0x8e, 0xc0, //             mov %ax,%es
    0xb0, 0xb6, //             mov $0xb6,%al       the speaker's timer: square wave
    0xe6, 0x43, //             out %al,$0x43
    0xb8, 0x98, 0x0a, //       mov $2712,%ax       440 Hz
    0xe6, 0x42, //             out %al,$0x42
    0x88, 0xe0, //             mov %ah,%al
    0xe6, 0x42, //             out %al,$0x42
    0xe4, 0x61, //             in $0x61,%al
    0x0c, 0x03, //             or $3,%al
    0xe6, 0x61, //             out %al,$0x61
    0x31, 0xdb, //             xor %bx,%bx
    0x31, 0xff, //      frame: xor %di,%di
    0xb9, 0x00, 0xfa, //       mov $64000,%cx
    0x89, 0xf8, //      pixel: mov %di,%ax
    0x01, 0xd8, //             add %bx,%ax
    0x30, 0xe0, //             xor %ah,%al
    0xaa, //                   stosb
    0xe2, 0xf7, //             loop pixel
    0xbe, 0x80, 0x7c, //       mov $0x7c80,%si
    0xac, //              say: lodsb
    0xe6, 0xe9, //             out %al,$0xe9
    0x3c, 0x0a, //             cmp $'\n',%al
    0x75, 0xf9, //             jne say
];

/// Halts.
const HALT: &[u8] = &[
    0xfa, //             cli
    0xf4, //       halt: hlt
    0xeb, 0xfd, //       jmp halt
];

/// Waits for the next timer interrupt and paints the next picture.
const ANIMATE: &[u8] = &[
    0x43, //             inc %bx
    0xfb, //             sti
    0xf4, //             hlt
    0xeb, 0xe3, //       jmp frame
];

/// Offset on the disk of the line that the program writes.
const TEXT_OFFSET: usize = 0x80;

/// The line that the program writes after painting a picture.
pub const PAINTED: &str = "painted";

/// Writes a disk whose picture is animated or not.
pub fn write_disk(path: &Path, animated: bool) {
    let mut disk = vec![0; 1440 * 1024];
    let code = [PAINT, if animated { ANIMATE } else { HALT }].concat();
    disk[..code.len()].copy_from_slice(&code);
    let text = format!("{PAINTED}\n");
    disk[TEXT_OFFSET..TEXT_OFFSET + text.len()].copy_from_slice(text.as_bytes());
    disk[510..512].copy_from_slice(&[0x55, 0xaa]);
    fs::write(path, disk).expect("write the disk");
}
