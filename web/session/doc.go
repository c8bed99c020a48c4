// Package session holds what signing in is made of besides storage: the codes of
// authenticator apps, recovery codes, the key under which secrets are kept, the
// limits on guessing, and short words for a browser.
package session
