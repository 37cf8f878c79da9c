//! Ed25519: the key that signs a night, and the one that checks it, in the forms that `openssl` reads.

use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use crate::model::Digest;

/// What stands before the 32 bytes of a public key in its DER form (RFC 8410).
const PUBLIC_DER: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// What stands before the 32 bytes of a secret key in its DER form (RFC 8410).
const SECRET_DER: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// A key that checks signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The key with this hexadecimal text; `None` if it is none.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.trim().to_ascii_lowercase().as_bytes()).ok()?;
        VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok().map(Self)
    }

    /// 64 hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        HEXLOWER.encode(self.0.as_bytes())
    }

    /// For `openssl pkeyutl -pubin`.
    #[must_use]
    pub fn pem(&self) -> String {
        pem("PUBLIC KEY", &self.der())
    }

    /// Digest of the DER form: `openssl pkey -pubin -outform DER | sha256sum`.
    #[must_use]
    pub fn fingerprint(&self) -> Digest {
        Digest::of(&self.der())
    }

    /// Whether these 64 bytes are this key's signature over `bytes`.
    #[must_use]
    pub fn signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        // Strict: no second signature over the same bytes can be made of a first one.
        Signature::from_slice(signature).is_ok_and(|signature| self.0.verify_strict(bytes, &signature).is_ok())
    }

    fn der(&self) -> Vec<u8> {
        [&PUBLIC_DER[..], self.0.as_bytes()].concat()
    }
}

/// A key that signs. It never shows itself in a log.
pub struct SecretKey(SigningKey);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SecretKey(of {})", self.public().fingerprint())
    }
}

impl SecretKey {
    /// The key made of 32 random bytes.
    #[must_use]
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&bytes))
    }

    /// A key as [`SecretKey::pem`] or `openssl genpkey -algorithm ed25519` wrote it; `None` if it is none.
    #[must_use]
    pub fn from_pem(text: &str) -> Option<Self> {
        let (_, rest) = text.split_once("-----BEGIN PRIVATE KEY-----")?;
        let (body, _) = rest.split_once("-----END PRIVATE KEY-----")?;
        let body: String = body.split_whitespace().collect();
        let der = BASE64.decode(body.as_bytes()).ok()?;
        let bytes: [u8; 32] = der.strip_prefix(&SECRET_DER)?.try_into().ok()?;
        Some(Self::from_random(bytes))
    }

    /// For the key file.
    #[must_use]
    pub fn pem(&self) -> String {
        pem("PRIVATE KEY", &[&SECRET_DER[..], self.0.as_bytes()].concat())
    }

    /// The key that checks what this one signs.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// The 64 bytes of a signature.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.0.sign(bytes).to_bytes().to_vec()
    }
}

fn pem(what: &str, der: &[u8]) -> String {
    format!("-----BEGIN {what}-----\n{}\n-----END {what}-----\n", BASE64.encode(der))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_from_their_files_and_only_the_right_one_fits() {
        let key = SecretKey::from_random([7; 32]);
        let again = SecretKey::from_pem(&key.pem()).expect("it was just written");
        assert_eq!(again.public(), key.public());
        assert_eq!(PublicKey::from_hex(&key.public().hex()), Some(key.public()));
        let signature = key.sign(b"manifest");
        assert!(key.public().signed(b"manifest", &signature));
        assert!(!key.public().signed(b"manifesT", &signature));
        assert!(!SecretKey::from_random([8; 32]).public().signed(b"manifest", &signature));
        assert!(!key.public().signed(b"manifest", &signature[..63]));
        assert!(!format!("{key:?}").contains(&HEXLOWER.encode(&[7; 32])));
    }

    #[test]
    fn the_public_key_is_the_known_one_of_rfc_8032() {
        let secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let bytes = HEXLOWER.decode(secret.as_bytes()).expect("hexadecimal").try_into().expect("32 bytes");
        let key = SecretKey::from_random(bytes);
        assert_eq!(key.public().hex(), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    }

    #[test]
    fn what_is_no_key_is_none() {
        for text in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "zz"] {
            assert!(SecretKey::from_pem(text).is_none());
            assert!(PublicKey::from_hex(text).is_none());
        }
    }
}
