package outbound

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"strings"

	"hearback/tickets"
	"hearback/tickets/register"
)

// Digest binds a reply to what its author saw: case, ticket, author, content and
// final recipients. It is the digest of everything but the recipients, and of
// each recipient with it, joined with dots: a letter of which some copies have
// left already is still recognised by those that have not. The order of
// recipients and the letter case of their addresses do not matter.
func Digest(o tickets.Outgoing) string {
	body := contentDigest(o)
	var to []string
	for _, d := range o.Deliveries {
		to = append(to, recipientDigest(body, d))
	}
	slices.Sort(to)
	return strings.Join(append([]string{body}, slices.Compact(to)...), ".")
}

// Matches reports whether the letter is the one that its Digest was made of, and
// each of its deliveries one of the recipients then.
func Matches(o tickets.Outgoing) bool {
	parts := strings.Split(o.Digest, ".")
	body := contentDigest(o)
	if parts[0] != body || len(o.Deliveries) == 0 {
		return false
	}
	for _, d := range o.Deliveries {
		if !slices.Contains(parts[1:], recipientDigest(body, d)) {
			return false
		}
	}
	return true
}

func contentDigest(o tickets.Outgoing) string {
	h := sha256.New()
	put(h, "hearback reply 1", string(o.Purpose))
	for _, n := range []int64{o.CaseID, o.TicketID, o.MailboxID, o.AuthorID, o.AnswersID} {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(n))
		h.Write(b[:])
	}
	quoted := "no quote"
	if o.QuoteAnswer {
		quoted = "quote"
	}
	put(h, o.Subject, strings.ReplaceAll(o.Body, "\r\n", "\n"), o.Template, quoted)
	for _, f := range o.Files {
		put(h, "file", f.Name, f.SHA256)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func recipientDigest(body string, d tickets.Delivery) string {
	h := sha256.New()
	put(h, body, register.FoldMailbox(d.Email))
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// put writes strings so that no two lists look the same.
func put(h hash.Hash, list ...string) {
	for _, s := range list {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(len(s)))
		h.Write(b[:])
		h.Write([]byte(s))
	}
}
