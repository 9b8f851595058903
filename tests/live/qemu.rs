//! A virtual machine with a SPICE server.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use super::boot::PAINTED;
use super::process::{self, Process};

/// Name of the program.
pub const PROGRAM: &str = "qemu-system-x86_64";
/// Name of the port with the monitor of the machine.
pub const MONITOR: &str = "org.qemu.monitor.qmp.0";

/// Limit on the time to start a machine, enough for slow computers.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Time between attempts to connect.
const RETRY_INTERVAL: Duration = Duration::from_millis(50);

/// QEMU's error message if another program has taken the port.
pub const PORT_TAKEN: &str = "Address already in use";

/// A running machine.
pub struct Qemu {
    process: Process,
    /// Address of its SPICE server.
    pub address: String,
}

/// Configuration of a machine.
#[derive(Default)]
pub struct Machine<'m> {
    /// Options of the SPICE server.
    pub spice: &'m str,
    /// Password of the SPICE server.
    pub password: Option<&'m str>,
    /// Disk to boot from. A machine with a disk has all types of channels.
    pub disk: Option<&'m Path>,
}

impl Machine<'_> {
    /// Starts the machine and waits for its SPICE server.
    pub fn start(&self) -> Qemu {
        let deadline = Instant::now() + START_LIMIT;
        loop {
            let port = free_port();
            let mut process = self.launch(port);
            let address = format!("127.0.0.1:{port}");
            while Instant::now() < deadline && !process.has_ended() {
                if TcpStream::connect(&address).is_ok() {
                    return Qemu { process, address };
                }
                process.find(PORT_TAKEN, RETRY_INTERVAL);
            }
            let output = process.all();
            let is_port_taken = output.contains(PORT_TAKEN) && Instant::now() < deadline;
            assert!(is_port_taken, "the machine does not start:\n{output}");
        }
    }

    fn launch(&self, port: u16) -> Process {
        let mut command = process::command(PROGRAM);
        command
            .args(["-m", "64", "-display", "none", "-nodefaults", "-vga", "qxl"])
            .args(["-monitor", "none", "-device", "virtio-serial"])
            .args(["-chardev", &format!("spiceport,id=c0,name={MONITOR}")])
            .args(["-mon", "chardev=c0,mode=control"]);
        let mut spice = format!("port={port},addr=127.0.0.1");
        match self.password {
            Some(password) => {
                spice.push_str(",password-secret=word");
                let secret = format!("secret,id=word,data={password}");
                command.args(["-object", &secret]);
            }
            None => spice.push_str(",disable-ticketing=on"),
        }
        if !self.spice.is_empty() {
            spice.push(',');
            spice.push_str(self.spice);
        }
        command.args(["-spice", &spice]);
        match self.disk {
            None => command.args(["-machine", "pc"]),
            Some(disk) => command
                .args(["-machine", "pc,pcspk-audiodev=a0", "-boot", "a"])
                .args(["-debugcon", "stdio"])
                .args(["-audiodev", "spice,id=a0", "-device", "intel-hda"])
                .args(["-device", "hda-duplex,audiodev=a0"])
                .args(["-device", "usb-ehci"])
                .args(["-chardev", "spicevmc,id=ur,name=usbredir"])
                .args(["-device", "usb-redir,chardev=ur"])
                .args(["-chardev", "spicevmc,id=vd,name=vdagent"])
                .args([
                    "-device",
                    "virtserialport,chardev=vd,name=com.redhat.spice.0",
                ])
                .args(["-chardev", "spiceport,id=wd,name=org.spice-space.webdav.0"])
                .args([
                    "-device",
                    "virtserialport,chardev=wd,name=org.spice-space.webdav.0",
                ])
                .arg("-drive")
                .arg(format!(
                    "file={},format=raw,if=floppy,readonly=on",
                    disk.display()
                )),
        };
        Process::start("the machine", &mut command)
    }
}

impl Qemu {
    /// Waits until the program on the disk has painted a picture.
    pub fn wait_for_picture(&self) {
        self.process.wait_for(PAINTED, START_LIMIT);
    }
}

/// Returns a free port.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener
        .local_addr()
        .expect("the address of the socket")
        .port()
}
