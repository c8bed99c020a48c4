package throwaway

import (
	"os"
	"strconv"
	"testing"
)

// Soak skips a test that takes long unless HEARBACK_SOAK is set, as make soak does.
// make soak finds the test by "Soak" in its name.
func Soak(t testing.TB) {
	t.Helper()
	if !set("HEARBACK_SOAK") {
		t.Skip("long test: run by \"make soak\" (HEARBACK_SOAK=1)")
	}
}

// Figures skips a test that prints figures and asserts none unless HEARBACK_BENCH is
// set, as make bench does. make bench finds the test by "TestFigures" at the beginning
// of its name.
func Figures(t testing.TB) {
	t.Helper()
	if !set("HEARBACK_BENCH") {
		t.Skip("prints figures: run by \"make bench\" (HEARBACK_BENCH=1)")
	}
}

// set says whether an environment variable is switched on.
func set(name string) bool {
	on, err := strconv.ParseBool(os.Getenv(name))
	return err == nil && on
}
