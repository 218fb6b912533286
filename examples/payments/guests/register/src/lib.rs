//! A driver that notes under which ids messages were booked: `/messages/<caller>` is a caller's register, and
//! `/messages/<caller>/<id>` an entry in it.

use airs::{Call, Code, Error, Receipt, Result, Rights, Value, storage};

struct Register;

/// A register, or an entry in one.
struct Place {
    path: String,
}

#[airs::driver]
impl airs::Driver for Register {
    type Asset = Place;

    fn intend(call: &Call, _account: (), _rights: Rights) -> Result<Place> {
        let path = call.path.clone();
        Ok(Place { path })
    }

    fn view(place: &Place) -> Result<Value> {
        let noted = storage::get(&place.path)?;
        noted
            .map(Value::Data)
            .ok_or_else(|| Error::not_found(format!("nothing is noted at {}", place.path)))
    }

    /// Notes data under an id, once. Only the owner of a register can take from it, and an entry is made from
    /// its own register only: nobody writes into the register of another.
    fn transfer(register: &Place, entry: &Place, value: Value) -> Result<Receipt> {
        let id = entry.path.strip_prefix(&register.path);
        if !id.is_some_and(|id| id.starts_with('/')) {
            let message = format!("{} is no entry of {}", entry.path, register.path);
            return Err(Error::invalid_input(message));
        }
        if storage::get(&entry.path)?.is_some() {
            let message = format!("another message was booked as {}", entry.path);
            return Err(Error::new(Code::IdReused, message).hint("give every message an id of its own"));
        }
        storage::set(&entry.path, value.data()?)?;
        Ok(Receipt::Final)
    }
}
