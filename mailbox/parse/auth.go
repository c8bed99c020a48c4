package parse

import (
	"strings"

	"hearback/tickets"
)

// authResults reads what our own receiving server found out about the sender
// (RFC 8601). Only the topmost header of a trusted server counts: anyone can
// write further ones below it. Exchange Online's has no authserv-id and is taken
// only when it is the topmost of all and Microsoft365 is trusted.
func authResults(h header, trusted []string) tickets.AuthResult {
	var out tickets.AuthResult
	if len(trusted) == 0 {
		return out
	}
	for i, v := range h.all("Authentication-Results") {
		parts := strings.Split(stripComments(v), ";")
		id := strings.TrimSpace(parts[0])
		results := parts[1:]
		if strings.Contains(id, "=") { // the first part is a result: no id
			if i > 0 {
				continue
			}
			id, results = Microsoft365, parts
		} else {
			id, _, _ = strings.Cut(id, " ") // a version may follow the id
		}
		for _, t := range trusted {
			if id != "" && strings.EqualFold(id, t) {
				out.ServerID = id
				readResults(&out, results)
				return out
			}
		}
	}
	return out
}

func readResults(out *tickets.AuthResult, results []string) {
	for _, r := range results {
		f := strings.Fields(r)
		if len(f) == 0 {
			continue
		}
		method, value, ok := strings.Cut(f[0], "=")
		if !ok {
			continue
		}
		method, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(method)), "/")
		value = strings.ToLower(strings.TrimSpace(value))
		switch method {
		case "spf":
			if out.SPF == "" {
				out.SPF = value
			}
		case "dkim":
			if out.DKIM == "" || value == "pass" { // of several signatures one that holds is enough
				out.DKIM = value
			}
		case "dmarc":
			if out.DMARC == "" {
				out.DMARC = value
			}
		}
	}
}
