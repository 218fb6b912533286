//! What resources are to the host.

use airs_core::{Code, Error};
use wasmtime::component::ResourceType;

/// Resources that one component may import. Each is looked up among those before it.
const RESOURCES_MAX: usize = 1_000;

/// The host's types of the resources that a component imports. A resource that it imports under several names, as one
/// interface does which uses that of another, is one type.
#[derive(Default)]
pub(crate) struct Resources(Vec<(ResourceType, ResourceType)>);

impl Resources {
    /// The host's type of an imported resource: `known`, or one that nothing here ever makes one of, unless it has one
    /// already.
    ///
    /// # Errors
    /// [`Code::LimitExceeded`] for one resource too many.
    pub(crate) fn of(
        &mut self,
        imported: ResourceType,
        known: Option<ResourceType>,
    ) -> Result<ResourceType, Error> {
        if let Some((_, same)) = self.0.iter().find(|(before, _)| *before == imported) {
            return Ok(*same);
        }
        if self.0.len() == RESOURCES_MAX {
            let message = format!("the component imports more than {RESOURCES_MAX} resources");
            return Err(Error::new(Code::LimitExceeded, message));
        }
        #[expect(clippy::cast_possible_truncation, reason = "there are fewer")]
        let ty = known.unwrap_or_else(|| ResourceType::host_dynamic(self.0.len() as u32));
        self.0.push((imported, ty));
        Ok(ty)
    }
}
