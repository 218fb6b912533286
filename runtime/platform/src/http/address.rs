//! Which addresses are everybody's.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

/// Blocks of IPv4 that are not public, by their first address and the bits that they share: this network, private,
/// shared by carriers, loopback, link-local, of protocols, examples, relays, benchmarks, multicast, reserved; and the
/// address at which a machine in Azure reaches the host that it runs on, which looks like anybody's.
const RESERVED_V4: [([u8; 4], u32); 16] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([168, 63, 129, 16], 32),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// What is public of IPv6.
const PUBLIC_V6: (u16, u32) = (0x2000, 3);

/// Blocks within it that are not: of protocols (Teredo, which holds an IPv4 address, among them), examples, and 6to4,
/// which holds one too.
const RESERVED_V6: [([u16; 2], u32); 4] = [
    ([0x2001, 0], 23),
    ([0x2001, 0x0db8], 32),
    ([0x2002, 0], 16),
    ([0x3fff, 0], 20),
];

/// The IPv4 internet as a network that has only IPv6 sees it: the last 32 bits are the address.
const TRANSLATED: [u16; 6] = [0x64, 0xff9b, 0, 0, 0, 0];

/// Addresses that no machine has: they are for examples.
const NOBODYS_V4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const NOBODYS_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0x0db8, 0, 0, 0, 0, 0, 1);
/// The way to an address is the same for each port.
const ANY_PORT: u16 = 9;

/// Whether an address can be anybody's: not this machine, not its neighbours, not many at once, and none of these in
/// another form.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Whether it is an address of this machine, which may look like anybody's. Nothing is sent to find that out.
pub(super) fn is_own(address: IpAddr) -> bool {
    let nobodys: IpAddr = match address {
        IpAddr::V4(_) => NOBODYS_V4.into(),
        IpAddr::V6(_) => NOBODYS_V6.into(),
    };
    let can_be_had = |address: IpAddr| UdpSocket::bind((address, 0)).is_ok();
    // Where also that can be had which is nobody's, a machine takes addresses over from others, and having one says
    // nothing. What comes from the address that it goes to is this machine's there, too.
    comes_from_itself(address) || (can_be_had(address) && !can_be_had(nobodys))
}

fn comes_from_itself(address: IpAddr) -> bool {
    let any: IpAddr = match address {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let from = UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect((address, ANY_PORT))?;
        socket.local_addr()
    });
    // Where no way leads there, none is found to connect to it either.
    from.is_ok_and(|from| from.ip() == address)
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    !RESERVED_V4
        .iter()
        .any(|(first, shared)| (bits ^ u32::from_be_bytes(*first)) >> (32 - shared) == 0)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    if segments.starts_with(&TRANSLATED) {
        let [.., high, low] = segments;
        return is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    }
    let [first, second, ..] = segments;
    let bits = (u32::from(first) << 16) | u32::from(second);
    let within = |block: [u16; 2], shared: u32| {
        let [high, low] = block;
        (bits ^ ((u32::from(high) << 16) | u32::from(low))) >> (32 - shared) == 0
    };
    let (public, shared) = PUBLIC_V6;
    within([public, 0], shared) && !RESERVED_V6.iter().any(|(block, shared)| within(*block, *shared))
}

#[cfg(test)]
mod tests {
    use super::{is_own, is_public};

    #[test]
    fn an_address_of_this_machine_is_known() {
        for own in ["127.0.0.1", "127.1.2.3"] {
            assert_eq!(
                is_own(own.parse().unwrap()),
                own == "127.0.0.1" || cfg!(target_os = "linux")
            );
        }
        for other in ["1.1.1.1", "2606:4700::1111"] {
            assert!(!is_own(other.parse().unwrap()), "{other}");
        }
    }

    #[test]
    fn what_is_near_is_not_public() {
        for near in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.170",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:0:127.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:7f00:1::",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:a9fe:a9fe::1",
            "3fff::1",
            "3fff:fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "4000::1",
            "1fff::1",
        ] {
            assert!(!is_public(near.parse().unwrap()), "{near}");
        }
    }

    #[test]
    fn what_is_anybodys_is_public() {
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "168.63.129.17",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "2a00::1",
            "3ffe::1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }
}
