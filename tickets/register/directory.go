package register

import (
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"hearback/tickets/fault"
)

// Group is a distribution list of the council's directory.
type Group struct {
	ID      int64
	Address string
	Mailbox string // folded
	Name    string
	Members []string  // addresses, of people or of further groups
	AsOf    time.Time // of the export that it was read from
}

// Forward says that mail to a mailbox goes on to another.
type Forward struct {
	Mailbox string // folded
	To      string
	AsOf    time.Time
}

// StaffDomain is an exact domain of the council's staff. A change takes two people.
type StaffDomain struct {
	Domain     string
	AskedBy    int64
	ApprovedBy int64 // 0 while it waits; never who asked
	Remove     bool  // what waits is its removal
	At         time.Time
}

// freemail are providers at which anybody has an address. A list of staff domains
// with one of them would make every family staff.
const freemail = " gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk live.com live.co.uk msn.com " +
	"yahoo.com yahoo.co.uk ymail.com rocketmail.com icloud.com me.com mac.com aol.com aol.co.uk btinternet.com btopenworld.com " +
	"talktalk.net sky.com virginmedia.com ntlworld.com blueyonder.co.uk plusnet.com tiscali.co.uk o2.co.uk " +
	"protonmail.com proton.me pm.me gmx.com gmx.co.uk gmx.net mail.com zoho.com tutanota.com fastmail.com hey.com " +
	"yandex.com yandex.ru mail.ru qq.com 163.com wp.pl onet.pl o2.pl interia.pl seznam.cz abv.bg web.de gmx.de t-online.de orange.fr free.fr "

// CheckStaffDomain gives a domain in the one form in which it is compared, or
// says why it can be no domain of staff: patterns, public suffixes (anybody may
// register below them), providers of mail for everybody, addresses and names
// without a dot. fault.Invalid.
func CheckStaffDomain(s string) (string, error) {
	d := strings.TrimSuffix(strings.ToLower(strings.TrimSpace(s)), ".")
	switch {
	case d == "":
		return "", fault.New(fault.Invalid, "No domain was given.")
	case strings.ContainsAny(d, "*?%"):
		return "", fault.New(fault.Invalid, "A domain of staff is exact: no wildcards. List each subdomain.")
	case strings.Contains(d, "@"):
		return "", fault.New(fault.Invalid, "Give the part behind the @ only.")
	case net.ParseIP(strings.Trim(d, "[]")) != nil:
		return "", fault.New(fault.Invalid, "A number is no domain.")
	}
	a, err := idna.Lookup.ToASCII(d)
	if err != nil || !strings.Contains(a, ".") || strings.Contains("."+a, "..") || strings.ContainsAny(a, " /\\:,;<>\"'()") {
		return "", fault.New(fault.Invalid, "That is no domain.")
	}
	if suffix, icann := publicsuffix.PublicSuffix(a); suffix == a && (icann || strings.Contains(suffix, ".")) {
		return "", fault.New(fault.Invalid, "Anybody can have an address below that domain. Give the council's own.")
	}
	// Of sch.uk and its like every name below is a suffix of its own.
	if below := "a." + a; suffixOf(below) == below {
		return "", fault.New(fault.Invalid, "Anybody can have an address below that domain. Give the council's own.")
	}
	if strings.Contains(freemail, " "+a+" ") {
		return "", fault.New(fault.Invalid, "Families have addresses there too. It can be no domain of staff.")
	}
	return a, nil
}

func suffixOf(domain string) string {
	suffix, _ := publicsuffix.PublicSuffix(domain)
	return suffix
}

// ApplyDomains is a list of domains after changes that were approved, in the order
// in which they were settled. It comes sorted, each domain once.
func ApplyDomains(list []string, changes []DomainChange) []string {
	out := slices.Clone(list)
	for _, c := range changes {
		out = slices.DeleteFunc(out, func(d string) bool { return d == c.Domain })
		if !c.Remove {
			out = append(out, c.Domain)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
