package parse

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// contentHash is the fingerprint of a mail without what the way to us added, so
// that two copies that took different routes are found to be one mail. Line
// ends, folds and empty lines at the end are not part of it.
func contentHash(raw []byte) string {
	sum := sha256.New()
	b := raw
	if len(raw) <= maxUnmac {
		b = unmac(raw)
	}
	b = skipEnvelope(b)
	pos := 0
	keep := false
	nl := []byte{'\n'}
	first := true
	for pos < len(b) {
		l, next := lineAt(b, pos)
		if len(l) == 0 {
			pos = next
			break
		}
		pos = next
		if l[0] == ' ' || l[0] == '\t' {
			if keep {
				sum.Write([]byte{' '})
				sum.Write(bytes.TrimSpace(l))
			}
			continue
		}
		keep = true
		if i := bytes.IndexByte(l, ':'); i > 0 && i < 80 {
			keep = !isTrace(string(bytes.TrimSpace(l[:i])))
		}
		if keep {
			if !first {
				sum.Write(nl)
			}
			first = false
			sum.Write(bytes.TrimSpace(l))
		}
	}
	sum.Write([]byte("\n\n"))
	body := bytes.TrimRight(b[pos:], "\r\n \t")
	for len(body) > 0 {
		i := bytes.IndexByte(body, '\r')
		if i < 0 {
			sum.Write(body)
			break
		}
		sum.Write(body[:i])
		if i+1 == len(body) || body[i+1] != '\n' {
			sum.Write(nl)
		}
		body = body[i+1:]
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// isTrace names the fields that servers on the way add or change.
func isTrace(name string) bool {
	n := strings.ToLower(name)
	switch n {
	case "received", "return-path", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-envelope-from", "delivery-date", "received-spf", "authentication-results",
		"dkim-signature", "dkim-filter", "domainkey-signature", "x-google-dkim-signature", "x-uid", "x-uidl", "x-imapbase", "x-keywords", "x-mozilla-status", "x-mozilla-status2",
		"x-mozilla-keys", "x-evolution-source", "status", "x-status", "lines", "content-length", "x-received", "x-gm-message-state", "x-google-smtp-source", "x-source", "x-sid-pra", "x-sid-result",
		"x-virus-scanned", "x-virus-status", "x-greylist", "x-policyd-weight", "x-eopattributedmessage", "x-eoptenantattributedmessage", "x-forwarded-encrypted",
		"x-originatororg", "x-delivered-to", "x-resolved-to", "x-attached", "x-rspamd-queue-id", "x-rspamd-server", "x-sieve", "x-sieve-redirected-from", "old-return-path", "x-return-path":
		return true
	}
	for _, p := range []string{"arc-", "x-ms-exchange-", "x-microsoft-antispam", "x-ms-", "x-spam", "x-forefront", "x-barracuda", "x-proofpoint", "x-mimecast", "x-gm-", "x-rspam", "x-cloudmark", "x-ironport", "x-amavis", "x-antivirus", "x-mailscanner", "x-messagelabs", "x-tm-", "x-brightmail", "x-dspam", "x-bogosity", "x-sophos", "x-exchange-antispam", "x-organizationheaders", "x-auto-response-suppress-check"} {
		if strings.HasPrefix(n, p) {
			return true
		}
	}
	return false
}
