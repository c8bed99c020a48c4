//go:build !race

package inbound_test

import (
	"os"
	"testing"
)

// A mail of the largest size that is read leaves the whole program below 256 MB,
// also when another follows it; with the figures also when all of it is text. The race
// detector needs several times as much memory, so this is measured without it.
func TestLargeMailFits(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes half a gigabyte")
	}
	const mb = 1 << 20
	mails := map[string][][]byte{"attachments": {withAttachment(109 * mb), withAttachment(30 * mb)}}
	if os.Getenv("HEARBACK_BENCH") != "" {
		mails["text"], mails["two"] = [][]byte{withText(149 * mb)}, [][]byte{withAttachment(109 * mb), withAttachment(108 * mb)}
	}
	for name, raws := range mails {
		if m := measured(t, raws...); m.Peak > 256*mb {
			t.Errorf("%s: %d MB", name, m.Peak/mb)
		}
	}
}
