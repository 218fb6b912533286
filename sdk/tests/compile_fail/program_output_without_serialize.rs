#[derive(airs::Schema)]
struct Paid {
    number: u32,
}

#[airs::program]
fn pay() -> airs::Result<Paid> {
    Ok(Paid { number: 1 })
}

fn main() {}
