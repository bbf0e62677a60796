/**
 * A certificate for `media.example` that nobody trusts, and its key, which is therefore no secret. Made with
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=media.example -addext subjectAltName=DNS:media.example`.
 */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBoTCCAUegAwIBAgIUYOpKIaCKk16gI6eFD0ntFZMwo7QwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNbWVkaWEuZXhhbXBsZTAgFw0yNjExMjUxNDMyMjNaGA8yMTI2
MTEwMTE0MzIyM1owGDEWMBQGA1UEAwwNbWVkaWEuZXhhbXBsZTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABCWjxPNaxuHVbPRnEpzHb64ea3cq/EfIWYo/5OZ9Dv+k
VWr9Y5S8/HOsJhtCOT5e3SJEPp+fJbT2c1pwQ0BLH1mjbTBrMB0GA1UdDgQWBBRB
s+Aum5dzWGHUP5q/k5ySjwPFjDAfBgNVHSMEGDAWgBRBs+Aum5dzWGHUP5q/k5yS
jwPFjDAPBgNVHRMBAf8EBTADAQH/MBgGA1UdEQQRMA+CDW1lZGlhLmV4YW1wbGUw
CgYIKoZIzj0EAwIDSAAwRQIhAObdOCsz24w0iY6Hhuw8K+Vdiv2I3grFX9VynHrt
XrB+AiAygKATfl+moGD0Vcl75JiVgkulHtg5MtvXZDYHJbOBgA==
-----END CERTIFICATE-----
`

export const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5+jJGNeSnWVT85D2
KsctxIsTgq80y+HRVoOCLPNSumehRANCAAQlo8TzWsbh1Wz0ZxKcx2+uHmt3KvxH
yFmKP+TmfQ7/pFVq/WOUvPxzrCYbQjk+Xt0iRD6fnyW09nNacENASx9Z
-----END PRIVATE KEY-----
`
