// Package signin makes what a mail server wants to see before it lets hearback
// in: a password, or an OAuth2 token that is fetched from the council's token
// server (Microsoft Entra ID for Microsoft 365) and renewed ahead of time.
//
// It opens no IMAP and no SMTP connection: [Credentials.SASL] gives a SASL
// client, which mailbox/inbound and the courier pass to theirs. The one
// connection made here goes to the configured token server, and nowhere else.
//
// Secrets and tokens are kept behind functions, which no %v, %+v, log line or
// JSON encoder can look into.
package signin

// hidden is a secret that no printing of a struct around it can show: fmt and
// slog print the address of a function.
type hidden func() string

func hide(s string) hidden { return func() string { return s } }
