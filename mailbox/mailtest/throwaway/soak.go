package throwaway

import (
	"os"
	"strconv"
	"testing"
)

// Soak skips a test that takes long unless HEARBACK_SOAK is set, as make soak does.
func Soak(t testing.TB) {
	t.Helper()
	if on, err := strconv.ParseBool(os.Getenv("HEARBACK_SOAK")); err != nil || !on {
		t.Skip("long test: run by \"make soak\" (HEARBACK_SOAK=1)")
	}
}
