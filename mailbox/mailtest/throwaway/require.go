package throwaway

import "testing"

// Require gives the path of a test server's program (see Find). Where it is
// missing the test is skipped with the reason, so that a developer without the
// servers can still work; with CI=true or HEARBACK_REQUIRE_SERVERS=1 it fails,
// because a test that nobody noticed was left out proves nothing.
func Require(t testing.TB, name string) string {
	t.Helper()
	path, err := Find(name)
	if err != nil {
		Unavailable(t, err.Error())
	}
	return path
}

// Unavailable ends a test whose server cannot be had: skipped, or failed where
// every server is required. It does not return.
func Unavailable(t testing.TB, reason string) {
	t.Helper()
	if Required() {
		t.Fatalf("%s (a failure because CI or HEARBACK_REQUIRE_SERVERS is set)", reason)
	}
	t.Skip(reason)
}

// Required says whether a missing test server is a failure.
func Required() bool {
	return set("CI") || set("HEARBACK_REQUIRE_SERVERS")
}
