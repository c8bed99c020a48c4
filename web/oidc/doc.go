// Package oidc signs staff in at the council's identity provider: discovery, the
// authorization code flow with PKCE, and the checks of what comes back.
//
// Who somebody is, is issuer and subject (OpenID Connect Core 1.0 section 5.7);
// an e-mail address is handed on for the first sign-in alone. What a browser
// brings back counts only together with what was put into its session before it
// left: state, nonce and verifier.
package oidc
