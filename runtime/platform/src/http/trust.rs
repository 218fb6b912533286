//! Who may vouch for a server.

use std::io;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

/// Whose word is taken for it that a server is who it says.
///
/// ```
/// use airs_platform::{Network, SystemResolver, Trust};
///
/// // What `Network::new` makes.
/// let network = Network::with(SystemResolver, Trust::OperatingSystem);
/// ```
#[derive(Clone, Debug)]
pub enum Trust {
    /// Those that the operating system trusts, or that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
    OperatingSystem,
    /// These certificates, in DER, and no others.
    Only(Vec<Vec<u8>>),
}

impl Trust {
    /// How to speak TLS with servers that these vouch for. It may read files.
    pub(super) fn load(&self) -> io::Result<Arc<ClientConfig>> {
        let mut roots = RootCertStore::empty();
        match self {
            Self::OperatingSystem => {
                // One that cannot be read is one that vouches for nobody.
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
            Self::Only(certificates) => {
                let all = certificates.iter().cloned().map(CertificateDer::from);
                roots.add_parsable_certificates(all);
            }
        }
        if roots.is_empty() {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                "no certificates to trust",
            ));
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(io::Error::other)?;
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // A session that is taken up again would tell a server which requests are one node's.
        config.resumption = Resumption::disabled();
        Ok(Arc::new(config))
    }
}
