package guard

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// labelled is one line of a file of labelled letters. HEARBACK_GUARD_CASES names
// such a file; without it the test says so and does nothing.
type labelled struct {
	ID, Family, Expect string
	Setup              struct {
		StaffDomains []string `json:"staff_domains"`
		Children     []struct{ Ref, Name, DOB, UPN, NHS string }
		People       []struct {
			Email, Name, Role string
			LinkedTo          []string `json:"linked_to"`
			PR                bool     `json:"parental_responsibility"`
			NoContact         bool     `json:"no_contact"`
			Confidential      bool     `json:"address_confidential"`
			Postal            string   `json:"postal_address"`
		}
		Thread    []struct{ Kind, From, Text string }
		Available *bool `json:"case_data_available"`
	}
	Outbound struct {
		Kind          string
		CaseRef       string `json:"case_ref"`
		From          string
		To, Cc, Bcc   []string
		Subject, Text string
		Headers       map[string]string
		Attachments   []struct {
			Name string
			Text *string
		}
	}
}

func (c labelled) letterAndFacts() (Letter, Facts) {
	o := c.Outbound
	all := slices.Concat(o.To, o.Cc, o.Bcc)
	l := Letter{
		Purpose: PurposeReply, Envelope: all, Audience: all, To: o.To, Cc: o.Cc, Bcc: o.Bcc,
		From: []string{o.From}, Subject: o.Subject, Text: o.Text,
	}
	for n, v := range o.Headers {
		l.Headers = append(l.Headers, Header{n, v})
	}
	for _, a := range o.Attachments {
		f := File{Name: a.Name}
		if a.Text != nil {
			f.Text, f.Readable = *a.Text, true
		}
		l.Files = append(l.Files, f)
	}
	f := Facts{
		Complete: true, CaseRef: o.CaseRef, StaffDomains: c.Setup.StaffDomains, DomainsOnly: true,
		Author: &Author{Mailbox: FoldMailbox(o.From), Active: true, MaySee: true},
	}
	if c.Setup.Available != nil {
		f.Complete = *c.Setup.Available
	}
	var others []Child
	known := o.CaseRef == ""
	for _, k := range c.Setup.Children {
		child := Child{k.Ref, k.Name, k.DOB, k.UPN, k.NHS}
		if k.Ref == o.CaseRef {
			f.Child, known = child, true
		} else {
			others = append(others, child)
		}
	}
	f.Complete = f.Complete && known
	f.Others = IndexChildren(others)
	for _, p := range c.Setup.People {
		if p.Role == "staff" {
			f.Staff = append(f.Staff, Colleague{FoldMailbox(p.Email), p.Name, true})
			continue
		}
		q := Person{Name: p.Name, Kind: Kind(p.Role), Addresses: []Contact{{p.Email, p.Confidential}}, Postal: p.Postal}
		for _, ref := range p.LinkedTo {
			pr := PRNo
			if p.PR {
				pr = PRYes
			}
			q.Links = append(q.Links, Link{CaseRef: ref, PR: pr, NoContact: p.NoContact, AddressHidden: p.Confidential})
		}
		f.People = append(f.People, q)
	}
	for _, t := range c.Setup.Thread {
		switch t.Kind {
		case "note":
			f.Private = append(f.Private, Private{Author: t.From, Text: t.Text})
		case "inbound":
			f.Seen = append(f.Seen, Seen{Mailbox: FoldMailbox(t.From), Text: t.Text, Wrote: true})
		case "reply":
			for _, p := range f.People {
				if _, ok := p.here(o.CaseRef); ok {
					f.Seen = append(f.Seen, Seen{Mailbox: FoldMailbox(p.Addresses[0].Email), Text: t.Text})
				}
			}
		}
	}
	return l, f
}

// TestLabelledLetters prints how the rules do on a file of labelled letters. It
// fails only for a letter that must be blocked by a rule that exists and goes
// through all the same.
func TestLabelledLetters(t *testing.T) {
	path := os.Getenv("HEARBACK_GUARD_CASES")
	if path == "" {
		t.Skip("HEARBACK_GUARD_CASES names no file of labelled letters")
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	counts := map[string]int{}
	var slowest time.Duration
	in := bufio.NewScanner(file)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var c labelled
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		l, f := c.letterAndFacts()
		start := time.Now()
		v := Judge(l, f)
		slowest = max(slowest, time.Since(start))
		got := v.Decision
		if got == Warn {
			got = Allow
		}
		counts[c.Expect+" -> "+string(got)]++
		if string(got) != c.Expect {
			t.Logf("%s: want %s, got %s %s", c.ID, c.Expect, v.Decision, strings.Join(v.Rules(Allow), " "))
		}
	}
	if in.Err() != nil {
		t.Fatal(in.Err())
	}
	t.Logf("%v, slowest %s", counts, slowest)
}
