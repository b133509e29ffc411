//! Strict DER reading over borrowed bytes (X.690 clause 10), with nothing copied.
//! (The BER that RFC 5652 allows in the outer layers of a CMS message is read in `signature::cms`.)
