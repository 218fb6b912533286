//! A driver for the tests: seats that are moved as items, with everything a driver may state.

use airs::{Call, Error, Item, Json, Receipt, Result, Rights, Value, storage};
use serde::{Deserialize, Serialize};

pub(crate) struct Tickets;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hall {
    name: String,
    #[serde(default)]
    nobody_leaves: bool,
}

pub(crate) struct Holder {
    prefix: String,
    hall: Hall,
}

impl Holder {
    fn key(&self, seat: &str) -> String {
        format!("{}{seat}", self.prefix)
    }
}

#[airs::driver]
impl airs::Driver for Tickets {
    type Asset = Holder;

    fn bind(_call: &Call, mut hall: Hall) -> Result<Hall> {
        if hall.name.is_empty() {
            return Err(Error::invalid_input("a hall has a name"));
        }
        hall.name.make_ascii_uppercase();
        Ok(hall)
    }

    fn unbind(call: &Call, _hall: Hall) -> Result<()> {
        match storage::scan(&call.path).next() {
            None => Ok(()),
            Some(_) => Err(Error::rejected("there are tickets left")),
        }
    }

    fn intend(call: &Call, hall: Hall, rights: Rights) -> Result<Holder> {
        if rights.contains(Rights::DEBIT) && call.caller.has_role("banned") {
            return Err(Error::denied("banned callers keep their tickets"));
        }
        Ok(Holder {
            prefix: format!("{}/", call.path),
            hall,
        })
    }

    fn view(holder: &Holder) -> Result<Value> {
        let items = storage::scan(&holder.prefix).map(|entry| {
            let entry = entry?;
            let id = String::from_utf8_lossy(&entry.key[holder.prefix.len()..]).into_owned();
            Ok(Item::new(id, entry.value))
        });
        Ok(Value::Items(items.collect::<Result<_>>()?))
    }

    fn transfer(from: &Holder, to: &Holder, value: Value) -> Result<Receipt> {
        for item in value.items()? {
            let ticket = storage::get(from.key(&item.id))?;
            storage::delete(from.key(&item.id))?;
            let ticket = ticket.ok_or_else(|| Error::not_found(format!("no ticket {}", item.id)))?;
            storage::set(to.key(&item.id), ticket)?;
        }
        Ok(Receipt::Final)
    }

    fn control(holder: &Holder, operation: &str, input: &Json) -> Result<Json> {
        match operation {
            "print" => {
                for seat in input.parse::<Vec<String>>()? {
                    storage::set(holder.key(&seat), &holder.hall.name)?;
                }
                Ok(Json::from("null"))
            }
            _ => Err(Error::unsupported(format!(
                "tickets have no operation {operation:?}"
            ))),
        }
    }

    fn done(holder: Holder) -> Result<()> {
        airs::log::debug(format_args!("released {}", holder.prefix));
        if holder.hall.nobody_leaves {
            return Err(Error::rejected("nobody leaves"));
        }
        Ok(())
    }

    fn migrate(from: u32) -> Result<u32> {
        Ok(from.max(2))
    }
}
