//! A component with functions of every kind, to be called directly.

use std::sync::atomic::{AtomicU32, Ordering};

wit_bindgen::generate!({ world: "shapes" });

use exports::test::shapes::geometry::{Access, Everything, Guest as Geometry, Point, Shape, Side};
use exports::test::shapes::things::{Guest as Things, GuestThing, Thing};

struct Shapes;

export!(Shapes);

static COUNT: AtomicU32 = AtomicU32::new(0);

impl Guest for Shapes {
    fn greet(name: String) -> String {
        println!("greeting {name}");
        format!("hello, {name}")
    }

    fn count() -> u32 {
        COUNT.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn nothing() {}

    fn act(what: String) -> u64 {
        match what.as_str() {
            "panic" => panic!("as asked"),
            "loop" => loop {
                std::hint::black_box(());
            },
            "hoard" => {
                let mut hoard = Vec::new();
                loop {
                    hoard.push(vec![1_u8; 1 << 20]);
                }
            }
            "recurse" => recurse(1),
            "look" => {
                let files = std::fs::read_dir("/").is_ok() || std::fs::File::open("/etc/passwd").is_ok();
                let written = std::fs::write("found.txt", "x").is_ok();
                let network = std::net::TcpStream::connect("127.0.0.1:80").is_ok();
                let environment = std::env::vars().count() + std::env::args().count();
                u64::from(files) + u64::from(written) + u64::from(network) + environment as u64
            }
            "time" => std::time::SystemTime::UNIX_EPOCH
                .elapsed()
                .map_or(0, |time| time.as_secs()),
            "long" => std::iter::repeat_n("x", 1 << 20).map(|x| x.len() as u64).sum(),
            other => other.len() as u64,
        }
    }
}

fn recurse(depth: u64) -> u64 {
    match std::hint::black_box(depth) {
        u64::MAX => depth,
        _ => 1 + std::hint::black_box(recurse(depth + 1)),
    }
}

impl Geometry for Shapes {
    fn move_by(point: Point, by: (f64, f64), times: Option<u32>) -> Point {
        let times = f64::from(times.unwrap_or(1));
        Point {
            x: point.x + by.0 * times,
            y: point.y + by.1 * times,
            ..point
        }
    }

    fn echo(all: Everything) -> Everything {
        all
    }

    fn describe(shape: Shape, access: Access) -> String {
        let shape = match shape {
            Shape::Circle(point) => format!("circle at {}", point.x),
            Shape::Polygon(points) => format!("{} points", points.len()),
            Shape::Nothing => "nothing".to_owned(),
        };
        format!("{shape}, {access:?}")
    }

    fn area(shape: Shape) -> Result<f64, Side> {
        match shape {
            Shape::Circle(point) => Ok(point.x * point.y),
            Shape::Polygon(_) => Err(Side::RightHand),
            Shape::Nothing => Err(Side::Left),
        }
    }
}

struct Named(String);

impl Things for Shapes {
    type Thing = Named;

    fn make() -> Thing {
        Thing::new(Named("made".to_owned()))
    }

    fn describe() -> String {
        "things".to_owned()
    }
}

impl GuestThing for Named {
    fn new(name: String) -> Self {
        Self(name)
    }

    fn name(&self) -> String {
        self.0.clone()
    }
}
