package devmail

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"hearback/tickets/fault"
)

// mailAddress is a recipient taken apart for delivery.
type mailAddress struct {
	full   string // as it was given, tag and letter case kept
	base   string // the account: local part without tag, folded, "@", folded domain
	domain string // folded
}

// parseAddress reads "local@domain". The account drops what follows the first
// "+" of the local part (sub-addressing, RFC 5233) and folds letter case:
// RFC 5321 section 2.4 lets a server treat local parts as case-sensitive and
// says that doing so impedes interoperability.
func parseAddress(s string) (mailAddress, error) {
	at := strings.LastIndexByte(s, '@')
	// 64 and 255 octets: RFC 5321 section 4.5.3.1.
	if at < 1 || at > 64 || at == len(s)-1 || len(s)-at-1 > 255 || !utf8.ValidString(s) {
		return mailAddress{}, fault.New(fault.Invalid, "This is not an email address.")
	}
	local, domain := s[:at], s[at+1:]
	if strings.ContainsFunc(local, unicode.IsControl) ||
		strings.ContainsFunc(domain, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) || r == '<' || r == '>' }) {
		return mailAddress{}, fault.New(fault.Invalid, "This email address contains a character that it cannot contain.")
	}
	base := local
	if tag := strings.IndexByte(local, '+'); tag > 0 {
		base = local[:tag]
	}
	folded := foldDomain(domain)
	if folded == "" {
		return mailAddress{}, fault.New(fault.Invalid, "This email address has no domain.")
	}
	return mailAddress{full: s, base: strings.ToLower(base) + "@" + folded, domain: folded}, nil
}

// foldDomain gives the one spelling of a domain that accounts use: lower case,
// no trailing dot, and the Unicode form of an internationalised name, so that
// both forms of one domain reach one account (RFC 5890).
func foldDomain(domain string) string {
	folded := strings.ToLower(strings.TrimRight(domain, "."))
	if u, err := idna.Lookup.ToUnicode(folded); err == nil {
		return u
	}
	return folded // an address literal, or a name that IDNA refuses: taken as it is
}

// path writes an address as an RFC 5321 path. go-smtp takes the quotes of a
// quoted local part off, so they are put back where they are needed.
func path(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return "<" + address + ">" // the null reverse-path is "<>"
	}
	local := address[:at]
	if strings.ContainsAny(local, " \t()<>[]:;@\\,\"") || strings.HasPrefix(local, ".") ||
		strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		local = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(local) + `"`
	}
	return "<" + local + address[at:] + ">"
}
