package guard

import (
	"math/bits"
	"strings"
	"sync"

	"golang.org/x/net/idna"
)

// KnownMailbox is a mailbox in use, with whose it is.
type KnownMailbox struct{ Email, Name string }

// Mailboxes is an index of many known mailboxes, for finding one that an address
// is nearly, but not. It is not changed after it was made and may be shared.
type Mailboxes struct {
	all     []known
	byLocal map[string][]int32 // local part without dots and tag
	domains map[string]bool
}

type known struct {
	email, name  string // folded
	plain, shape string // local part without dots, dashes and tag; the whole as it looks
	domain       string
	letters      uint64 // which letters occur in it
}

// IndexMailboxes makes an index.
func IndexMailboxes(list []KnownMailbox) *Mailboxes {
	x := &Mailboxes{byLocal: map[string][]int32{}, domains: map[string]bool{}}
	for _, k := range list {
		e := FoldMailbox(k.Email)
		d := domainOf(e)
		if d == "" {
			continue
		}
		n := known{email: e, name: k.Name, plain: plainLocal(e), shape: looks(e), domain: d, letters: letterSet(e)}
		x.byLocal[n.plain] = append(x.byLocal[n.plain], int32(len(x.all)))
		x.all = append(x.all, n)
		x.domains[d] = true
	}
	return x
}

// nearly finds a known mailbox that the address could be a slip of.
func (x *Mailboxes) nearly(mailbox string) (KnownMailbox, bool) {
	plain, shape, letters := plainLocal(mailbox), looks(mailbox), letterSet(mailbox)
	domain := domainOf(mailbox)
	if personal(plain) {
		for _, i := range x.byLocal[plain] {
			if k := x.all[i]; k.email != mailbox && (k.domain != domain || untagged(k.email) != untagged(mailbox)) {
				return KnownMailbox{k.email, k.name}, true
			}
		}
	}
	local, label, _ := strings.Cut(mailbox, "@")
	label, suffix, _ := strings.Cut(label, ".")
	for _, i := range x.byLocal[plain] {
		// The same body under another suffix, whatever the office is called.
		k := x.all[i]
		if l, rest, _ := strings.Cut(k.domain, "."); l == label && rest != suffix && len(l) >= 6 && strings.HasPrefix(k.email, local+"@") {
			return KnownMailbox{k.email, k.name}, true
		}
	}
	least := 2
	if len(plain) < 5 {
		least = 1 // among short names two letters are another person
	}
	for _, k := range x.all {
		if k.email == mailbox || untagged(k.email) == untagged(mailbox) {
			continue
		}
		d := len(k.email) - len(mailbox)
		if d > 2 || d < -2 || bits.OnesCount64(k.letters^letters) > 4 {
			if k.shape != shape {
				continue
			}
		}
		if k.shape == shape || within(k.email, mailbox, least) {
			return KnownMailbox{k.email, k.name}, true
		}
	}
	return KnownMailbox{}, false
}

// plainLocal is the local part without tag, dots and dashes, as it looks.
func plainLocal(mailbox string) string {
	local := strings.TrimSuffix(untagged(mailbox), "@"+domainOf(mailbox))
	return looks(withoutDots(local))
}

// personal reports a local part that is somebody's name rather than an office's.
func personal(plain string) bool {
	if len(plain) < 5 || strings.Trim(plain, "0123456789") == "" {
		return false
	}
	switch plain {
	case "senco", "sencos", "office", "admin", "admissions", "enquiries", "enquiry", "hello", "contact", "reception", "support",
		"finance", "accounts", "bookings", "transport", "safeguarding", "inclusion", "casework", "principal", "secretary",
		"referrals", "headteacher", "school", "noreply", "postmaster", "family", "families", "parents", "information",
		"schooloffice", "mainoffice", "postbox", "mailbox", "appeals", "tribunal", "therapy", "clinic", "senteam":
		return false
	}
	return looksPersonal(plain)
}

func looksPersonal(plain string) bool {
	for _, role := range []string{looks("office"), looks("admin"), looks("enquir"), looks("info"), looks("senco")} {
		if strings.HasPrefix(plain, role) && len(plain) < len(role)+5 {
			return false
		}
	}
	for _, role := range []string{"senco", "sencos", "admissions", "enquiries", "finance", "principal", "reception", "inclusion", "referrals", "clinic", "accounts", "families"} {
		if plain == looks(role) {
			return false
		}
	}
	return true
}

// looks is a string as one reads it at a glance: pairs and digits that stand for
// a letter are that letter (Unicode TR 39, for what one can type).
func looks(s string) string {
	return atAGlance().Replace(s)
}

// atAGlance is made once: making it costs more than using it.
var atAGlance = sync.OnceValue(func() *strings.Replacer {
	return strings.NewReplacer("rn", "m", "vv", "w", "cl", "d", "0", "o", "1", "l", "i", "l", "5", "s")
})

func withoutDots(local string) string {
	if !strings.ContainsAny(local, "._-") {
		return local
	}
	b := make([]byte, 0, len(local))
	for i := range len(local) {
		if c := local[i]; c != '.' && c != '_' && c != '-' {
			b = append(b, c)
		}
	}
	return string(b)
}

func letterSet(s string) uint64 {
	var set uint64
	for i := 0; i < len(s); i++ {
		set |= 1 << (s[i] & 63)
	}
	return set
}

// within reports whether two strings differ by at most k insertions, deletions,
// substitutions and swaps of neighbours (Damerau and Levenshtein).
func within(a, b string, k int) bool {
	if len(a)-len(b) > k || len(b)-len(a) > k {
		return false
	}
	two, one, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range one {
		one[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		best := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(one[j]+1, row[j-1]+1, one[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
			best = min(best, row[j])
		}
		if best > k {
			return false
		}
		two, one, row = one, row, two
	}
	return one[len(b)] <= k
}

// likeDomain reports why a domain could be taken for one of ours although it is
// none: "" when it could not. A subdomain of ours is no disguise, only not listed.
func likeDomain(domain, ours string) string {
	if domain == ours || strings.HasSuffix(domain, "."+ours) {
		return ""
	}
	if shape(domain) == shape(ours) {
		return RuleDomainHomograph
	}
	squash := func(s string) string { return strings.NewReplacer(".", "", "-", "").Replace(s) }
	first, rest, _ := strings.Cut(ours, ".")
	theirs, theirRest, _ := strings.Cut(domain, ".")
	switch {
	case strings.Contains(squash(domain), squash(ours)):
		return RuleDomainSpoof
	case len(ours) >= 8 && within(domain, ours, 2):
		return RuleDomainSpoof
	case theirs == first && len(first) >= 5 && theirRest != rest && !guarded(domain):
		return RuleDomainSpoof
	case len(first) >= 8 && theirRest == rest && (squash(theirs) == squash(first) || within(shape(theirs), shape(first), 1)):
		return RuleDomainSpoof
	}
	return ""
}

// guarded reports suffixes under which nobody can register a name of their own
// choosing: bodies of their own, however alike their names are.
func guarded(domain string) bool {
	for _, s := range []string{".nhs.uk", ".police.uk", ".sch.uk", ".ac.uk", ".gov.uk", ".nhs.net", ".parliament.uk"} {
		if strings.HasSuffix(domain, s) {
			return true
		}
	}
	return false
}

// shape is a domain as it looks, from its Unicode form.
func shape(domain string) string {
	u, err := idna.ToUnicode(domain)
	if err != nil {
		u = domain
	}
	var b strings.Builder
	for _, label := range strings.Split(u, ".") {
		for _, r := range label {
			if r == '-' {
				b.WriteRune(r)
				continue
			}
			for _, w := range words(string(r)) {
				b.WriteString(w)
			}
		}
		b.WriteByte('.')
	}
	return looks(b.String())
}

// mixedScripts reports a label that mixes Latin letters with those that look
// like them.
func mixedScripts(domain string) bool {
	u, err := idna.ToUnicode(domain)
	if err != nil {
		return true
	}
	for _, label := range strings.Split(u, ".") {
		latin, other := false, false
		for _, r := range label {
			switch {
			case r >= 'a' && r <= 'z':
				latin = true
			case r >= 0x370 && r < 0x530:
				other = true
			}
		}
		if latin && other {
			return true
		}
	}
	return false
}
