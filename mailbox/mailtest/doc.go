// Package mailtest gives tests real peers to talk to: a throw-away Dovecot, a
// throw-away Postfix, an SMTP server that keeps what it is sent and can be told to
// misbehave, and a deterministic generator of the mail that families write.
//
// Everything listens on 127.0.0.1 and is gone when the test, or at the latest the
// test binary, has ended (see package throwaway). Only tests import it.
package mailtest
