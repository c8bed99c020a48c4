package mailtest

import (
	"testing"

	"hearback/mailbox/mailtest/throwaway"
)

// Require gives the path of a test server's program ("dovecot", "postfix",
// "postgres", "chromium"). Where it is missing the test is skipped with the
// reason; with CI=true or HEARBACK_REQUIRE_SERVERS=1 it fails.
func Require(t testing.TB, name string) string {
	t.Helper()
	return throwaway.Require(t, name)
}

// Soak skips the test unless long tests are asked for (make soak sets
// HEARBACK_SOAK=1). The test's name must contain "Soak" to be run there.
func Soak(t testing.TB) {
	t.Helper()
	throwaway.Soak(t)
}

// Figures skips the test unless figures are asked for (make bench sets
// HEARBACK_BENCH=1). The test's name must begin with "TestFigures" to be run there; it
// prints with t.Log and asserts no figure.
func Figures(t testing.TB) {
	t.Helper()
	throwaway.Figures(t)
}
