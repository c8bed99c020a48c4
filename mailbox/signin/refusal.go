package signin

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"hearback/tickets/fault"
)

const (
	waits       = "New mail is waiting on the server. Nothing is lost."
	unreachable = "The token server cannot be reached. " + waits
	busy        = "The token server is too busy to let us sign in just now. We will try again. " + waits
)

// busy reports answers that only ask us to come back. Microsoft sends a loop of
// requests away as invalid_grant with the code 50196, and calls its own outages
// 90033.
func (r reply) busy() bool {
	switch r.Error {
	case "temporarily_unavailable", "server_error", "slow_down": // RFC 6749 section 4.1.2.1, RFC 8628
		return true
	}
	for _, code := range r.codes() {
		switch code {
		case 50196, 90033:
			return true
		}
	}
	return false
}

// refusal is an error answer for people and for operators. Whatever it is, a
// person has to put it right.
func (r reply) refusal(host string, status int) error {
	who, code, why := "The token server", errorWord(r.Error), wordsFor(r.Error)
	codes := r.codes()
	if len(codes) > 0 {
		code = fmt.Sprintf("AADSTS%d", codes[0])
	}
	if len(codes) > 0 || strings.HasPrefix(host, "login.microsoftonline.") {
		who = "Microsoft"
	}
	// Microsoft says that its codes may change: they choose better words, and decide
	// nothing.
	for _, c := range codes {
		if better := microsoftWords(c); better != "" {
			code, why = fmt.Sprintf("AADSTS%d", c), better
			break
		}
	}
	safe := fmt.Sprintf("%s refused our sign-in (code %s: %s). %s", who, code, why, waits)
	return fault.Wrap(fault.Denied, safe, r.forOperators(status))
}

// wordsFor says an error of RFC 6749 section 5.2 in plain words.
func wordsFor(code string) string {
	switch code {
	case "invalid_client":
		return "application id or secret not accepted"
	case "invalid_grant", "consent_required", "interaction_required":
		return "permission taken back or not given"
	case "unauthorized_client", "access_denied":
		return "application not allowed to do this"
	case "invalid_scope", "invalid_resource", "invalid_target":
		return "scope not accepted"
	}
	return "request not accepted"
}

// microsoftWords says the code of an error of Entra ID in plain words.
func microsoftWords(code int) string {
	switch code {
	case 7000222:
		return "secret out of date"
	case 7000215, 50012:
		return "secret wrong"
	case 700016:
		return "application not known in this tenant"
	case 7000112:
		return "application switched off"
	case 90002:
		return "tenant not known"
	case 65001:
		return "permission taken back or not given"
	case 53003:
		return "blocked by Conditional Access"
	case 70011, 500011:
		return "scope not accepted"
	}
	return ""
}

// codes are Microsoft's numbers: of the list, or where that is missing, of the
// text.
func (r reply) codes() []int {
	if len(r.Codes) > 0 {
		return r.Codes
	}
	var codes []int
	for _, m := range regexp.MustCompile(`AADSTS(\d{4,9})`).FindAllStringSubmatch(r.Description, 5) {
		var code int
		if _, err := fmt.Sscan(m[1], &code); err == nil && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}

// forOperators has what Microsoft's support asks for, and none of the server's
// sentences: what stands in them is not ours to know.
func (r reply) forOperators(status int) error {
	s := fmt.Sprintf("token server: status %d", status)
	if r.Error != "" {
		s += ", " + errorWord(r.Error)
	}
	for _, code := range r.codes() {
		s += fmt.Sprintf(", AADSTS%d", code)
	}
	if regexp.MustCompile(`^[0-9a-fA-F-]{36}$`).MatchString(r.TraceID) {
		s += ", trace " + r.TraceID
	}
	return errors.New(s)
}

// errorWord is an error code if it has the form of one.
func errorWord(s string) string {
	if regexp.MustCompile(`^[a-z_]{1,40}$`).MatchString(s) {
		return s
	}
	return "not understood"
}
