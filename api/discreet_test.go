package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/tickets/store/storetest"
)

// sealedCase gives the restricted case of the other team all that a record can hold,
// and somebody on it the mailbox of Milo's mother. It gives what nobody may read there.
func (w *world) sealedCase() []string {
	w.t.Helper()
	ctx := w.t.Context()
	w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
		c := register.Case{
			Ref: "WM-7717", ChildName: "Isolde Wrenfield", DOB: "2013-08-30", UPN: "C990000771700", NHS: "9990771703", School: "Larkrise School", Stage: "Draft plan",
			TeamID: w.south.ID, OfficerID: w.southLead.ID, FallbackID: w.southLead.ID, Open: true, Restricted: true, CreatedAt: w.at,
		}
		w.must(tx.InsertCase(ctx, &c))
		brother := c
		brother.Ref, brother.ChildName, brother.UPN, brother.NHS, brother.ID = "WM-7718", "Cato Kettering", "", "", 0
		w.must(tx.InsertCase(ctx, &brother))
		for _, x := range []struct {
			name, email string
			of          register.Case
			none        bool
		}{{"Anselm Kettering", tessa, brother, false}, {"Marguerite Wrenfield", "marguerite@hidden.example", c, true}} {
			p := register.Person{Name: x.name, Kind: register.KindParent, CreatedAt: w.at}
			w.must(tx.InsertPerson(ctx, &p))
			w.must(tx.InsertAddress(ctx, &register.Address{PersonID: p.ID, Email: x.email, Mailbox: register.FoldMailbox(x.email), Confidential: true, CreatedAt: w.at}))
			w.must(tx.InsertLink(ctx, &register.Link{CaseID: x.of.ID, PersonID: p.ID, Relation: "mother", PR: register.PRYes, NoContact: x.none, AddressHidden: true, MayBeTold: "all"}))
			w.must(tx.InsertPostal(ctx, &register.Postal{PersonID: p.ID, Lines: "Thornapple House\n7 Quillet Lane", Postcode: "OS4 9ZT", Confidential: true}))
		}
		return nil
	}))
	return []string{
		"Isolde", "Wrenfield", "WM-7717", "WM-7718", "Cato", "2013-08-30", "C990000771700", "9990771703", "Larkrise", "Anselm", "Kettering", "Marguerite", "hidden.example",
		"Thornapple", "Quillet", "OS4 9ZT",
	}
}

// Whoever reads a review learns nothing of a case that they may not open, whatever the
// letter repeats of it.
func TestReviewSaysNothingOfClosedCases(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	secrets := w.sealedCase()
	const fixed = "This letter holds the details of a child on another case."
	letters := map[string]string{
		"name":      "Dear Tessa,\n\nHe will sit with Isolde Wrenfield.",
		"turned":    "Dear Tessa,\n\nHe will sit with WRENFIELD, ISOLDE.",
		"UPN":       "Dear Tessa,\n\nThe number is C990 0007 71700.",
		"NHS":       "Dear Tessa,\n\nThe number is 999 077 1703.",
		"born":      "Dear Tessa,\n\nI. W., born on 30 August 2013, has the place.",
		"reference": "Dear Tessa,\n\nPlease see wm 7717.",
		"address":   "Dear Tessa,\n\nShe lives in 7 Quillet Lane now.",
		"mailbox":   "Dear Tessa,\n\nWrite to marguerite@hidden.example.",
		"nothing":   "Dear Tessa,\n\nThe plan comes on Friday.",
		"greeting":  "Dear Marguerite,\n\nThe plan comes on Friday.",
	}
	for _, role := range []access.Role{access.RoleOfficer, access.RoleLead} {
		storetest.LetEveryRoleIn(t, w.db, "WM-2201", w.staff)
		c := w.role(role)
		for name, text := range letters {
			rec := c.asks(http.MethodPost, "/tickets/"+ref+"/review", m{"text": text}, http.StatusOK)
			said := strings.ToLower(rec.Body.String())
			// What the letter says itself stands in its copies and in the evidence.
			own := strings.ToLower(text)
			own += strings.Join(strings.Fields(own), "")
			for _, s := range secrets {
				if s = strings.ToLower(s); strings.Contains(said, s) && !strings.Contains(own, s) {
					t.Errorf("%s, %s: the review says %q: %s", role, name, s, rec.Body)
				}
			}
			switch name {
			case "name", "turned", "UPN", "NHS", "reference":
				has(t, name, rec.Body.String(), fixed, `"decision":"block"`)
			}
		}
	}
}

// A token that may not read notes is not told who wrote one, and when.
func TestReviewNamesNoNoteToWhoMayNotReadThem(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	note := "Mum was shouting down the telephone again, she is a nightmare to deal with"
	w.officer().post("/tickets/"+ref+"/notes", m{"text": note}, nil, http.StatusCreated)
	text := m{"text": "Dear Tessa,\n\n" + note}
	full := w.officer().asks(http.MethodPost, "/tickets/"+ref+"/review", text, http.StatusOK).Body.String()
	has(t, "with notes", full, "internal note (Priya Nair, 24 Nov 2026)")
	narrow := w.officer(access.UseAPI, access.ReadCases, access.SendReply)
	for path, status := range map[string]int{"/review": http.StatusOK, "/replies": http.StatusUnprocessableEntity} {
		body := narrow.asks(http.MethodPost, "/tickets/"+ref+path, text, status).Body.String()
		has(t, path, body, "NOTE-CONTENT", "from an internal note")
		lacks(t, path, body, "Priya Nair", "24 Nov")
	}
	var o tickets.Outgoing
	w.must(w.db.Write(w.t.Context(), func(tx tickets.Tx) error { return holdsForNote(w.t.Context(), w, tx, ref, &o) }))
	has(t, "held, with notes", w.officer().asks(http.MethodGet, "/tickets/"+ref, nil, http.StatusOK).Body.String(), "internal note (Priya Nair")
	body := narrow.asks(http.MethodGet, "/tickets/"+ref, nil, http.StatusOK).Body.String()
	has(t, "held", body, "NOTE-CONTENT")
	lacks(t, "held", body, "internal note (Priya")
}

// holdsForNote keeps a letter back for a note, as the dispatcher does.
func holdsForNote(ctx context.Context, w *world, tx tickets.Tx, ref string, o *tickets.Outgoing) error {
	v, err := tx.Ticket(ctx, access.System("test"), ref)
	if err != nil {
		return err
	}
	*o = tickets.Outgoing{
		TicketID: v.ID, CaseID: v.CaseID, MailboxID: w.box.ID, Purpose: tickets.PurposeReply, AuthorID: w.priya.ID, Subject: "x", Body: "y", CreatedAt: w.at, ReleaseAt: w.at,
		HeldReason: fmt.Sprintf("Part of this is from an internal note (%s, 24 Nov 2026).", w.priya.Name), HeldRules: []string{"NOTE-CONTENT"},
		Deliveries: []tickets.Delivery{{PersonID: w.mother.ID, Name: "Tessa Brandt", Email: tessa, Mailbox: tessa, State: tickets.Held, Token: "t-held", MessageID: "held@westmarsh.example", UpdatedAt: w.at}},
	}
	return tx.InsertOutgoing(ctx, o)
}
