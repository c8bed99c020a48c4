package clearance

import (
	"crypto/sha256"
	"encoding/hex"

	"hearback/mailbox/guard"
	"hearback/tickets"
)

// ownSign vouches for the council's own sign: these very bytes were chosen by an
// administrator and cleaned of everything but the picture, so that a picture cannot
// be read is nothing to ask the author of every letter about. What can be read of it
// is judged like everything else.
func ownSign(claim *tickets.Claim, l *guard.Letter) {
	if len(claim.Head.Logo) == 0 {
		return
	}
	sum := sha256.Sum256(claim.Head.Logo)
	for i := range l.Files {
		if f := &l.Files[i]; f.SHA256 == hex.EncodeToString(sum[:]) && (f.Name == "logo.png" || f.Name == "logo.jpg") {
			f.Readable, f.Problems = true, nil
		}
	}
}
