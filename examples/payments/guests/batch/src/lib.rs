//! A program that books all transfers of a message, or none.

use airs::{Amount, Error, Result, Rights, Value, val};
use serde::{Deserialize, Serialize};

/// What a message asks for.
#[derive(Deserialize, airs::Schema)]
#[serde(deny_unknown_fields)]
struct Batch {
    /// The message itself: it is noted together with what it does.
    message: Message,
    transfers: Vec<Transfer>,
}

/// What is noted of a message, and where.
#[derive(Deserialize, airs::Schema)]
#[serde(deny_unknown_fields)]
struct Message {
    /// The caller's register of messages.
    register: String,
    /// The entry in it.
    entry: String,
    /// The sha256 of the message.
    sha256: String,
}

/// One transfer.
#[derive(Deserialize, airs::Schema)]
#[serde(deny_unknown_fields)]
struct Transfer {
    /// What the debtor calls it.
    end_to_end_id: String,
    from: String,
    to: String,
    amount: Amount,
}

/// What was done.
#[derive(Serialize, airs::Schema)]
struct Booked {
    transfers: u32,
}

/// Books a message.
#[airs::program]
fn book(batch: Batch) -> Result<Booked> {
    batch.message.note()?;
    let mut transfers = 0;
    for transfer in &batch.transfers {
        transfers += 1;
        // Whatever is wrong with one ends the run, and with it all that was done before.
        transfer.make().map_err(|error| Error {
            message: format!(
                "transfer {transfers} ({}): {}",
                transfer.end_to_end_id, error.message
            ),
            ..error
        })?;
    }
    Ok(Booked { transfers })
}

impl Message {
    fn note(&self) -> Result<()> {
        let register = val::intend(&self.register, Rights::DEBIT)?;
        let entry = val::intend(&self.entry, Rights::CREDIT)?;
        let sha256 = Value::Data(self.sha256.clone().into_bytes());
        register.transfer(&entry, sha256).map(drop)
    }
}

impl Transfer {
    /// Both descriptors go out of scope here, and are released: any number of transfers needs two at once.
    fn make(&self) -> Result<()> {
        let from = val::intend(&self.from, Rights::DEBIT)?;
        let to = val::intend(&self.to, Rights::CREDIT)?;
        from.transfer(&to, self.amount).map(drop)
    }
}
