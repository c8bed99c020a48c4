// Package throwaway starts the servers that tests talk to (Dovecot, Postfix,
// PostgreSQL) and makes sure that nothing of them stays behind: no process, no
// directory, not even when the test binary is killed with SIGKILL.
//
// It knows no mail and no SQL. The packages mailtest and pgtest build on it; only
// tests import them.
package throwaway
