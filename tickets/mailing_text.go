package tickets

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"strconv"
	"strings"

	"hearback/sla"
	"hearback/tickets/register"
	"hearback/tickets/wording"
)

// FieldMailing is, on a letter of a mailing, the id of that mailing. It is never shown.
const FieldMailing = "mailing"

// wordingOf is the text of a mailing with what closes every letter: how to have no
// more of them (UK GDPR Art. 21: whoever gets letters can object to them).
func wordingOf(m *Mailing) wording.Text { return wording.Text{Subject: m.Subject, Body: m.Body} }

const (
	closingParent = "You can tell us that you want no general letters like this one: reply and say so. We will still write to you about your child."
	closingYoung  = "You can tell us that you want no general letters like this one: reply and say so. We will still write to you about your own plan."
)

// mailingValues are what a letter's fields say for one person on one case.
func (w *work) mailingValues(ctx context.Context, c MailingCase, p register.Party) (map[string]string, error) {
	s := w.d.s
	v := map[string]string{
		"name": oneLine(p.Person.Name), "child": oneLine(register.FirstName(c.Case.ChildName)), FieldCouncil: s.CouncilName, FieldPhone: s.TeamPhone,
		FieldSENDIASS: s.SENDIASSName, FieldSENDIASSPhone: s.SENDIASSPhone, FieldFormat: s.FormatSentence,
	}
	if c.Case.OfficerID != 0 {
		o, err := w.tx.StaffByID(ctx, c.Case.OfficerID)
		if err != nil && !notFound(err) {
			return nil, err
		}
		if err == nil && o.Active {
			v["officer"] = oneLine(o.Name)
		}
	}
	if c.Case.TeamID != 0 {
		t, err := w.tx.TeamByID(ctx, c.Case.TeamID)
		if err != nil && !notFound(err) {
			return nil, err
		}
		if err == nil {
			v[FieldTeam] = oneLine(t.Name)
		}
	}
	for _, kind := range []string{"review", "draft", "final"} {
		if d, err := sla.ParseDate(c.Facts.Dates[kind]); err == nil {
			v[kind] = sla.FormatDate(d)
		}
	}
	return v, nil
}

// mailingBody is the letter to one person.
func (w *work) mailingBody(ctx context.Context, m *Mailing, c MailingCase, p register.Party) (string, error) {
	v, err := w.mailingValues(ctx, c, p)
	if err != nil {
		return "", err
	}
	body, err := wording.RenderMailing(wordingOf(m), v)
	if err != nil {
		return "", err
	}
	closing := closingParent
	if p.Person.Kind == register.KindYoungPerson {
		closing = closingYoung
	}
	return body + "\n" + closing + "\n", nil
}

// letterDigest binds one letter to what its author saw: the text as filled in, files,
// the mailbox that it leaves from, person, case and address.
func letterDigest(m *Mailing, l *MailingLetter, body string) string {
	h := sha256.New()
	digestOf(h, "hearback mailing letter 1", m.ID, m.MailboxID, m.AuthorID, l.CaseID, l.PersonID, m.Subject, body, l.Name, register.FoldMailbox(l.Email))
	for _, f := range m.Files {
		digestOf(h, f.Name, f.SHA256)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// listDigest binds an approval to the text, the files and every letter of the list
// with what was confirmed for it.
func listDigest(m *Mailing, lines []MailingLetter) string {
	h := sha256.New()
	digestOf(h, "hearback mailing 1", m.ID, m.Version, m.MailboxID, m.AuthorID, m.Subject, m.Body, int64(m.PerHour), int64(len(lines)))
	for _, l := range lines {
		digestOf(h, l.ID, l.Digest)
		var said []string
		for _, c := range l.Confirmed {
			said = append(said, c.Rule+" "+c.Mailbox)
		}
		slices.Sort(said)
		digestOf(h, strings.Join(said, "\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// digestOf writes texts and numbers so that no two lists look the same.
func digestOf(h hash.Hash, list ...any) {
	for _, x := range list {
		s := ""
		switch v := x.(type) {
		case string:
			s = v
		case int64:
			s = strconv.FormatInt(v, 10)
		}
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(len(s)))
		h.Write(b[:])
		h.Write([]byte(s))
	}
}

// mailingCase reads what decides about one case.
func mailingCase(ctx context.Context, r Reader, c register.Case) (MailingCase, error) {
	parties, err := r.Parties(ctx, c.ID)
	if err != nil {
		return MailingCase{}, err
	}
	facts, err := r.CaseFacts(ctx, c.ID)
	return MailingCase{Case: c, Parties: parties, Facts: facts}, err
}
