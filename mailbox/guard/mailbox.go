package guard

import "strings"

// FoldMailbox is the identity of a mailbox: what two spellings share that one
// provider delivers to the same person. It agrees with register.FoldMailbox,
// which this package may not import; a test outside compares the two.
func FoldMailbox(email string) string {
	e := strings.ToLower(strings.TrimSpace(email))
	at := strings.LastIndexByte(e, '@')
	if at <= 0 {
		return e
	}
	local, domain := e[:at], strings.TrimSuffix(e[at+1:], ".")
	if domain == "googlemail.com" {
		domain = "gmail.com"
	}
	if domain == "gmail.com" {
		if i := strings.IndexByte(local, '+'); i > 0 {
			local = local[:i]
		}
		local = strings.ReplaceAll(local, ".", "")
	}
	return local + "@" + domain
}

// LooseMailbox is the strictest reading of "the same mailbox": dots and tags
// are dropped for every provider. Only restrictions use it.
func LooseMailbox(email string) string {
	e := FoldMailbox(email)
	at := strings.LastIndexByte(e, '@')
	if at <= 0 {
		return e
	}
	local, domain := e[:at], e[at+1:]
	if i := strings.IndexByte(local, '+'); i > 0 {
		local = local[:i]
	}
	switch domain { // one provider's names for the same mailbox
	case "me.com", "mac.com":
		domain = "icloud.com"
	case "protonmail.com", "pm.me":
		domain = "proton.me"
	}
	return strings.ReplaceAll(local, ".", "") + "@" + domain
}

// domainOf is the part after the last @, "" when there is none.
func domainOf(mailbox string) string {
	at := strings.LastIndexByte(mailbox, '@')
	if at < 0 {
		return ""
	}
	return mailbox[at+1:]
}
