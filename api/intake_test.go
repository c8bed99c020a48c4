package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
)

// comes takes a mail of a folder in.
func (w *world) comes(folder string, kind tickets.FolderKind, in *tickets.Inbound) tickets.IntakeResult {
	w.t.Helper()
	w.uid++
	if in != nil {
		in.MessageID, in.ReplyText = fmt.Sprintf("i%d@mail.example", w.uid), in.Text
		in.ContentHash = fmt.Sprintf("hash %d", w.uid)
		in.To = []tickets.MailAddress{{Email: sen}}
	}
	raw, err := w.db.PrepareRaw(w.t.Context(), fmt.Appendf(nil, "raw intake %d", w.uid))
	w.must(err)
	res, err := w.desk.Intake(w.t.Context(), []tickets.Received{{
		MailboxID: w.box.ID, Folder: folder, FolderKind: kind, UIDValidity: 7, UID: w.uid, ReceivedAt: w.now(), Raw: raw, Mail: in,
		QuarantineReason: "The mail ends in the middle of a header.",
	}}, w.now())
	w.must(err)
	return res[0]
}

func TestWhatIsKnownOfAMail(t *testing.T) {
	w := newWorld(t)
	called := w.now().Add(-time.Minute)
	res := w.comes("Junk", tickets.FolderJunk, &tickets.Inbound{
		From: tickets.MailAddress{Email: tessa}, Subject: "Files", Text: "See the files.", Kind: tickets.KindHuman,
		Parts: []tickets.Part{{Path: "2", Name: "a.pdf", Type: "application/pdf"}, {Path: "3", Name: "b.exe"}, {Path: "4", Name: "c.zip"}, {Path: "5", Name: "d.eml"}},
	})
	msg, err := w.db.Message(t.Context(), access.System("test"), res.MessageID)
	w.must(err)
	for path, s := range map[string]tickets.PartScan{
		"2": {Verdict: tickets.ScanClean}, "3": {Verdict: tickets.ScanInfected, Signature: "Worm"}, "5.2": {Verdict: tickets.ScanInfected, Signature: "Inner"},
	} {
		s.RawID, s.Path, s.ScannedAt = msg.RawID, path, w.now()
		w.must(w.db.PutScan(t.Context(), s))
	}
	c := w.role(access.RoleLead)
	var got struct {
		Timeline []struct {
			Kind        string
			Junk        bool
			Machine     *struct{ Number, At, File string }
			Attachments []struct{ Name, Scan, Found string }
		}
	}
	c.get("/tickets/"+res.TicketRef, &got)
	found := ""
	for _, it := range got.Timeline {
		if it.Kind == "email_in" {
			if !it.Junk {
				t.Error("it is not said that it was in Junk")
			}
			for _, a := range it.Attachments {
				found += a.Name + "=" + a.Scan + ":" + a.Found + " "
			}
		}
	}
	if found != "a.pdf=clean: b.exe=infected:Worm c.zip=not_scanned: d.eml=infected:Inner " {
		t.Errorf("the verdicts: %s", found)
	}
	voice := w.comes("INBOX", tickets.FolderInbox, &tickets.Inbound{
		From: tickets.MailAddress{Email: "voicemail@phones.example"}, Subject: "Message", Text: "You have a message.", Kind: tickets.KindVoicemail,
		Machine: &tickets.MachineNotice{Number: "01234 000999", At: called, File: "message.wav"},
	})
	has(t, "a voicemail", c.get("/tickets/"+voice.TicketRef, nil), `"number":"01234 000999"`, `"file":"message.wav"`, `"at":"`+called.UTC().Format(time.RFC3339)+`"`, `"mail_kind":"voicemail"`)

	var doc m
	w.must(json.Unmarshal(c.raw(http.MethodGet, "/openapi.json", "", nil).Body.Bytes(), &doc))
	for _, path := range []string{"/tickets/" + res.TicketRef, "/tickets/" + voice.TicketRef} {
		var any map[string]any
		c.get(path, &any)
		conforms(t, doc, path, at(doc, "paths", "/tickets/{ref}", "get", "responses", "200", "content", "application/json", "schema"), any)
	}
}

func TestLedgerOfTheAPI(t *testing.T) {
	w := newWorld(t)
	for i := range 3 {
		w.comes("INBOX", tickets.FolderInbox, &tickets.Inbound{From: tickets.MailAddress{Email: tessa}, Subject: fmt.Sprint("Mail ", i), Text: fmt.Sprint("Text ", i), Kind: tickets.KindHuman})
	}
	w.comes("INBOX", tickets.FolderInbox, nil)
	w.comes("Junk", tickets.FolderJunk, &tickets.Inbound{From: tickets.MailAddress{Email: "offers@shop.example"}, Subject: "Win", Text: "Win", Kind: tickets.KindHuman})
	first := w.uid - 4
	w.must(w.db.MarkGone(t.Context(), w.box.ID, "INBOX", 7, []uint32{first}))
	type page struct {
		Items []struct {
			UID     uint32
			Folder  string
			Fate    string
			GoneAt  *time.Time `json:"gone_at"`
			Mailbox string
		}
		Counts map[string]int
		Next   string
	}
	c := w.role(access.RoleLead)
	for query, want := range map[string]int{
		"": 5, "?folder=Junk": 1, "?fate=quarantined": 1, "?server=gone": 1, "?server=there": 4, "?mailbox=sen&fate=message&server=there": 2, "?folder=None": 0,
	} {
		var got page
		body := c.get("/ledger"+query, &got)
		lacks(t, query, body, tessa, "offers@", "Mail 1", "Win")
		if len(got.Items) != want || got.Next != "" {
			t.Errorf("%q: %d items, next %q", query, len(got.Items), got.Next)
		}
		sum := 0
		for k, n := range got.Counts {
			if k != "total" {
				sum += n
			}
		}
		if sum != 5 || got.Counts["total"] != 5 {
			t.Errorf("%q: the counts are %v", query, got.Counts)
		}
	}
	seen := map[uint32]bool{}
	for next := ""; ; {
		var got page
		c.get("/ledger?limit=2"+next, &got)
		for _, it := range got.Items {
			if seen[it.UID] {
				t.Errorf("UID %d twice", it.UID)
			}
			seen[it.UID] = true
		}
		if got.Next == "" {
			break
		}
		next = "&cursor=" + got.Next
	}
	if len(seen) != 5 {
		t.Errorf("pages hold %d lines", len(seen))
	}
	for query, status := range map[string]int{"?mailbox=none": 404, "?fate=lost": 422, "?server=moon": 422, "?cursor=x": 422, "?cursor=-1": 422, "?limit=201": 422} {
		c.asks(http.MethodGet, "/ledger"+query, nil, status)
	}
	w.officer().asks(http.MethodGet, "/ledger", nil, http.StatusForbidden)
	if body := w.as(w.southLead).get("/ledger", nil); strings.Contains(body, `"uid":`) {
		t.Error("a lead of another team reads the ledger")
	}
}

func TestRulesOfTheAPI(t *testing.T) {
	w := newWorld(t)
	lead := w.role(access.RoleLead)
	for name, body := range map[string]m{
		"nothing": {}, "no such kind": {"kind": "forward", "pattern": "x@shop.example"}, "no address": {"kind": "block_sender", "pattern": "shop"},
		"a parent": {"kind": "block_sender", "pattern": tessa}, "to nowhere": {"kind": "route_subject", "pattern": "appeal"}, "more": {"kind": "block_sender", "pattern": "x@shop.example", "all": true},
	} {
		if rec := lead.asks(http.MethodPost, "/rules", body, http.StatusUnprocessableEntity); rec.Code != http.StatusUnprocessableEntity {
			t.Error(name)
		}
	}
	var made struct {
		ID      int64
		Pattern string
	}
	lead.post("/rules", m{"kind": "block_sender", "pattern": "Offers@Shop.example", "note": "Advertising"}, &made, http.StatusCreated)
	if made.ID == 0 || made.Pattern != "offers@shop.example" {
		t.Errorf("%+v", made)
	}
	lead.asks(http.MethodPost, "/rules", m{"kind": "block_sender", "pattern": "offers@shop.example"}, http.StatusConflict)
	has(t, "the rules", w.role(access.RoleBusinessSupport).get("/rules", nil), "offers@shop.example", "Advertising")
	w.role(access.RoleBusinessSupport).asks(http.MethodPost, "/rules", m{"kind": "block_sender", "pattern": "y@shop.example"}, http.StatusForbidden)
	w.officer().asks(http.MethodGet, "/rules", nil, http.StatusForbidden)
	if res := w.comes("INBOX", tickets.FolderInbox, &tickets.Inbound{From: tickets.MailAddress{Email: "offers@shop.example"}, Subject: "Win", Text: "Win", Kind: tickets.KindHuman}); res.Fate != tickets.FateSuppressed {
		t.Errorf("the rule keeps nothing away: %+v", res)
	}
	path := fmt.Sprintf("/rules/%d", made.ID)
	w.role(access.RoleBusinessSupport).asks(http.MethodDelete, path, nil, http.StatusForbidden)
	if rec := lead.asks(http.MethodDelete, path, nil, http.StatusNoContent); rec.Body.Len() != 0 {
		t.Errorf("no content, and %s", rec.Body)
	}
	lead.asks(http.MethodDelete, path, nil, http.StatusNotFound)
	lacks(t, "the rules", lead.get("/rules", nil), "shop.example")

	spam := w.comes("INBOX", tickets.FolderInbox, &tickets.Inbound{From: tickets.MailAddress{Email: "offers@shop.example"}, Subject: "Win", Text: "Win more", Kind: tickets.KindHuman})
	duty := w.role(access.RoleBusinessSupport)
	duty.asks(http.MethodPost, "/tickets/"+spam.TicketRef+"/spam", m{"reason": ""}, http.StatusUnprocessableEntity)
	duty.asks(http.MethodPost, "/tickets/"+spam.TicketRef+"/spam", m{"reason": "Advertising", "domain": true}, http.StatusForbidden)
	duty.post("/tickets/"+spam.TicketRef+"/spam", m{"reason": "Advertising"}, &made, http.StatusCreated)
	duty.asks(http.MethodPost, "/tickets/"+spam.TicketRef+"/spam", m{"reason": "Advertising"}, http.StatusConflict)
	duty.asks(http.MethodPost, "/tickets/SEN-999999/spam", m{"reason": "Advertising"}, http.StatusNotFound)

	var doc m
	w.must(json.Unmarshal(lead.raw(http.MethodGet, "/openapi.json", "", nil).Body.Bytes(), &doc))
	for _, path := range []string{"/rules", "/ledger"} {
		var any map[string]any
		lead.get(path, &any)
		conforms(t, doc, path, at(doc, "paths", path, "get", "responses", "200", "content", "application/json", "schema"), any)
	}
}
