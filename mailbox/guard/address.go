package guard

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Limits of what is read as addresses. RFC 5321 section 4.5.3.1 allows 64 octets
// of local part and 254 of path; a header of more than a thousand addresses is
// no letter of ours.
const (
	maxAddressText  = 64 << 10
	maxAddresses    = 1000
	maxLocal        = 64
	maxAddrSpec     = 254
	maxCommentDepth = 3
)

// Address is one mailbox that was understood completely.
type Address struct {
	Name   string // display name, decoded; never evidence of who it is
	Local  string
	Domain string // A-labels, lower case
}

// String is the addr-spec, made from the parsed parts and from nothing else.
func (a Address) String() string { return a.Local + "@" + a.Domain }

// Mailbox is the identity of the mailbox.
func (a Address) Mailbox() string { return FoldMailbox(a.String()) }

// AddressError says why a string is not read as addresses. Its text holds
// nothing of the string.
type AddressError struct {
	Rule string // UNPARSEABLE-RECIPIENT, ADDRESS-TRICK, HEADER-INJECTION
	Why  string
}

func (e *AddressError) Error() string { return e.Rule + ": " + e.Why }

func unparseable(why string) error { return &AddressError{RuleUnparseable, why} }
func trick(why string) error       { return &AddressError{RuleAddressTrick, why} }

// ParseAddress reads a string that must hold exactly one mailbox.
func ParseAddress(s string) (Address, error) {
	list, err := ParseAddresses(s)
	if err != nil {
		return Address{}, err
	}
	if len(list) != 1 {
		return Address{}, unparseable("not exactly one address")
	}
	return list[0], nil
}

// ParseAddresses reads an address list: mailboxes, groups (RFC 5322 section 3.4)
// and comments around them. What two mail programs might read differently
// (quoted local parts, comments within an address, routes, literals, percent
// and bang paths, obsolete spacing) is refused, never guessed.
func ParseAddresses(s string) ([]Address, error) {
	if err := checkAddressText(s); err != nil {
		return nil, err
	}
	p := &addressParser{s: []rune(s)}
	list, err := p.list()
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		if err := checkSpoof(a); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// checkAddressText refuses what has no business in any address, before reading.
func checkAddressText(s string) error {
	if len(s) > maxAddressText {
		return unparseable("too long")
	}
	if strings.ContainsAny(s, "\r\n\x00") {
		return &AddressError{RuleHeaderInjection, "a line end or a NUL within an address"}
	}
	if !utf8.ValidString(s) {
		return trick("not valid UTF-8")
	}
	for _, r := range s {
		switch {
		case r == '\t':
		case r < 0x20 || r >= 0x7f && r < 0xa0:
			return trick("a control character")
		case isInvisible(r):
			return trick("an invisible or bidirectional character")
		case r != '@' && norm.NFKC.String(string(r)) == "@":
			return trick("a character that looks like @")
		}
	}
	return nil
}

// domainProfile maps nothing but letter case, so that a full-width or otherwise
// compatible form is an error rather than another spelling (RFC 5891 section 5).
func domainProfile() *idna.Profile {
	return idna.New(
		idna.ValidateLabels(true), idna.ValidateForRegistration(), idna.VerifyDNSLength(true),
		idna.StrictDomainName(true), idna.BidiRule(), idna.CheckHyphens(true), idna.CheckJoiners(true),
	)
}

// asciiDomain is the domain as A-labels in lower case.
func asciiDomain(d string) (string, error) {
	if strings.HasSuffix(d, ".") {
		return "", trick("a dot at the end of the domain")
	}
	lower := strings.ToLower(d)
	if norm.NFKC.String(lower) != lower {
		return "", trick("a domain in compatibility characters")
	}
	a := lower
	if !isASCII(lower) || strings.Contains(lower, "xn--") {
		var err error
		if a, err = domainProfile().ToASCII(lower); err != nil {
			return "", trick("not a domain name")
		}
	}
	labels := strings.Split(a, ".")
	if len(labels) < 2 {
		return "", unparseable("a domain of one label")
	}
	for _, l := range labels {
		if !validLabel(l) {
			return "", unparseable("not a domain name")
		}
	}
	if last := labels[len(labels)-1]; allDigits(last) {
		return "", trick("a domain that ends in a number")
	}
	return a, nil
}

func validLabel(l string) bool {
	if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
		return false
	}
	for i := 0; i < len(l); i++ {
		c := l[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// checkLocal accepts a dot-atom of RFC 5322 in ASCII, without the characters of
// source routes in disguise.
func checkLocal(l string) error {
	if l == "" || len(l) > maxLocal {
		return unparseable("no local part, or too long a one")
	}
	if strings.HasPrefix(l, ".") || strings.HasSuffix(l, ".") || strings.Contains(l, "..") {
		return trick("dots that no address has")
	}
	for i := 0; i < len(l); i++ {
		switch c := l[i]; {
		case c >= 0x80:
			return trick("a local part that is not ASCII")
		case c == '%' || c == '!':
			return trick("a route hidden in the local part")
		case c != '.' && !isAtext(rune(c)):
			return unparseable("a character that no address has")
		}
	}
	return nil
}

// isAtext is atext of RFC 5322 section 3.2.3, ASCII only.
func isAtext(r rune) bool {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return true
	}
	return r < 0x80 && strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

// checkSpoof refuses a display name that shows a mailbox other than the one that
// the letter would be delivered to.
func checkSpoof(a Address) error {
	name := strings.ToLower(norm.NFKC.String(a.Name))
	if !strings.Contains(name, "@") {
		return nil
	}
	for _, f := range strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(" \t<>()[]\"',;:", r) }) {
		if strings.Contains(f, "@") && FoldMailbox(strings.Trim(f, ".")) != a.Mailbox() {
			return &AddressError{RuleDisplayNameSpoof, "the name shows another address"}
		}
	}
	return nil
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
