package check

import (
	"encoding/json"
	"fmt"
)

// line is one labelled letter. Fields that hold the expected answer are left
// out on purpose: they must not be able to change one.
type line struct {
	ID       string    `json:"id"`
	Setup    *setup    `json:"setup"`
	Outbound *outbound `json:"outbound"`
}

// setup is what the system knows.
type setup struct {
	StaffDomains []string `json:"staff_domains"`
	Children     []struct {
		Ref, Name, DOB, UPN, NHS string
		// Further than the public format, for examples of a council's own.
		LookedAfter bool              `json:"looked_after"`
		Due         map[string]string `json:"due"` // "assess", "final", "comments", "review", "outcome": 2006-01-02
	} `json:"children"`
	People []struct {
		Email, Name, Role string
		LinkedTo          []string `json:"linked_to"`
		PR                bool     `json:"parental_responsibility"`
		NoContact         bool     `json:"no_contact"`
		Confidential      bool     `json:"address_confidential"`
		Postal            string   `json:"postal_address"`
		Relation          string   `json:"relation"`
		Bounced           int      `json:"bounced"`
		NoPlan            bool     `json:"no_plan"`
	} `json:"people"`
	Thread []struct {
		Kind, From, Text string
		MessageID        string `json:"message_id"`
	} `json:"thread"`
	Groups []struct {
		Email   string   `json:"email"`
		Members []string `json:"members"`
	} `json:"groups"`
	Forwards []struct {
		Email string   `json:"email"`
		To    []string `json:"forwards_to"`
	} `json:"forwards"`
	Unresolved []string `json:"unresolved_groups"`
	Available  *bool    `json:"case_data_available"`
	Today      string   `json:"today"` // 2006-01-02; without it nothing depends on the date
}

// outbound is the letter, with its text as it stands on the wire.
type outbound struct {
	Kind        string            `json:"kind"`
	CaseRef     string            `json:"case_ref"`
	From        string            `json:"from"`
	To          []string          `json:"to"`
	Cc          []string          `json:"cc"`
	Bcc         []string          `json:"bcc"`
	Subject     string            `json:"subject"`
	Text        string            `json:"text"`
	Headers     map[string]values `json:"headers"`
	Attachments []attachment      `json:"attachments"`
	Approval    *approval         `json:"approval"`
	Decision    bool              `json:"decision"` // it tells a decision, whatever its words are
}

// attachment is a file with what was read out of it; null means that nobody could.
type attachment struct {
	Name string  `json:"name"`
	Text *string `json:"text"`
}

// approval is the letter as somebody agreed it.
type approval struct {
	By          string       `json:"by"`
	To          []string     `json:"to"`
	Cc          []string     `json:"cc"`
	Bcc         []string     `json:"bcc"`
	Subject     string       `json:"subject"`
	Text        string       `json:"text"`
	Attachments []attachment `json:"attachments"`
}

// values is a header field's value, or a list of them for a field that is there
// more than once.
type values []string

// UnmarshalJSON reads a string or a list of strings.
func (v *values) UnmarshalJSON(raw []byte) error {
	var one string
	if err := json.Unmarshal(raw, &one); err == nil {
		*v = values{one}
		return nil
	}
	var many []string
	if err := json.Unmarshal(raw, &many); err != nil {
		return fmt.Errorf("a header is neither text nor a list of texts: %w", err)
	}
	*v = many
	return nil
}
