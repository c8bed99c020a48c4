package web_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// deskFiles puts files to replies without looking into them: what is looked for in
// them is tested where it is done.
type deskFiles struct{ p *pages }

func (f deskFiles) Attach(ctx context.Context, a access.Actor, ref, name string, content []byte, now time.Time) (*tickets.DraftFile, error) {
	return f.p.desk.AttachFile(ctx, a, tickets.AttachRequest{
		Ref: ref, Source: tickets.FileUpload,
		File: tickets.LetterFile{Name: tickets.FileName(name), Type: "image/png", Content: content},
	}, now)
}

func (f deskFiles) AttachPart(context.Context, access.Actor, string, int64, string, time.Time) (*tickets.DraftFile, error) {
	return nil, fault.New(fault.NotFound, "We cannot find that file on this enquiry")
}

func (f deskFiles) Clean(ctx context.Context, a access.Actor, ref string, id int64, now time.Time) (*tickets.DraftFile, error) {
	list, err := f.p.desk.DraftFilesOf(ctx, a, ref)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(x tickets.DraftFile) bool { return x.ID == id })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "This file is no longer attached")
	}
	return f.p.desk.AttachFile(ctx, a, tickets.AttachRequest{
		Ref: ref, Source: tickets.FileClean, Replace: id, Removed: []string{"where it was taken"},
		File: tickets.LetterFile{Name: list[i].Name, Type: list[i].Type, Content: []byte("clean")},
	}, now)
}

func (f deskFiles) Picture(_ context.Context, _ string, content []byte) ([]byte, string, error) {
	return content, "image/png", nil
}

// sendsFile posts the form of a reply with a file, as a browser does.
func (b *browser) sendsFile(path string, fields url.Values, name string, content []byte, want int) string {
	b.p.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, list := range fields {
		for _, v := range list {
			b.p.must(w.WriteField(k, v))
		}
	}
	f, err := w.CreateFormFile("upload", name)
	b.p.must(err)
	_, err = f.Write(content)
	b.p.must(err)
	b.p.must(w.Close())
	req := httptest.NewRequest(http.MethodPost, path, &body)
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Cookie", b.cookie)
	rec := httptest.NewRecorder()
	b.p.srv.ServeHTTP(rec, req)
	if rec.Code != want {
		b.p.t.Fatalf("POST %s: %d, want %d\n%s", path, rec.Code, want, rec.Body.String())
	}
	return rec.Body.String()
}

// Files without a script: chosen, refused in words, cleaned, taken off, sent; what
// was typed stays through all of it.
func TestFilesInTheComposer(t *testing.T) {
	p := newPages(t)
	p.verdict = guard.Verdict{Decision: guard.Allow}
	r := p.fromTessa("Draft plan")
	dean, reply := p.as(p.deanStaff), "/e/"+r.TicketRef+"/reply"
	dean.ok(reply, `enctype="multipart/form-data"`, "Add files from this computer", "Up to 25 MB together")
	rev := func(page string) string {
		return between(page, `name="draft_rev" value="`, `"`)
	}
	has := func(page string, texts ...string) {
		t.Helper()
		for _, x := range append(texts, "The taxi comes at 8.") {
			if !strings.Contains(page, x) {
				t.Errorf("%q is not in the page", x)
			}
		}
	}
	fields := func(rev string, more ...string) url.Values {
		return p.replyFields(rev, "The taxi comes at 8.", more...)
	}
	page := dean.sendsFile(reply, fields("0", "do", "attach"), "run.exe", []byte("MZ"), http.StatusUnprocessableEntity)
	has(page, "run.exe is a kind of file that can run on a computer", `href="#upload"`)
	page = dean.sendsFile(reply, fields(rev(page), "do", "attach"), `..\x"map<b>.png`, []byte("first"), http.StatusOK)
	has(page, "Use a cleaned copy", "Remove")
	if strings.Contains(page, "map<b>") {
		t.Error("a name of a file is not escaped")
	}
	list, err := p.desk.DraftFilesOf(t.Context(), actorOf(p.deanStaff), r.TicketRef)
	p.must(err)
	if len(list) != 1 {
		t.Fatalf("%+v", list)
	}
	page = dean.sends(reply, fields(rev(page), "cleanfile", fmt.Sprint(list[0].ID)), http.StatusOK).Body.String()
	has(page, "goes instead. Taken out: where it was taken", "replaced by a cleaned copy")
	page = dean.sends(reply, fields(rev(page), "do", "attach"), http.StatusUnprocessableEntity).Body.String()
	has(page, "Choose a file first")
	// A file that is chosen and not yet added is added by Send, and looked at first.
	page = dean.sendsFile(reply, fields(rev(page), "do", "send"), "second.png", []byte("second"), http.StatusOK)
	has(page, "The files you chose were added. Look at the check, then send", "second.png")
	list, err = p.desk.DraftFilesOf(t.Context(), actorOf(p.deanStaff), r.TicketRef)
	p.must(err)
	page = dean.sends(reply, fields(rev(page), "unfile", fmt.Sprint(list[2].ID)), http.StatusOK).Body.String()
	has(page, "second.png, taken off")
	if other := p.role(access.RoleLead).ok(reply); strings.Contains(other, "second.png") {
		t.Error("a lead sees an officer's files before they are sent")
	}
	dean.sends(reply, fields(rev(page), "do", "send", "seen_recipients", between(page, `name="seen_recipients" value="`, `"`), "seen_event", fmt.Sprint(p.ticketNow(r.TicketRef).Version)), http.StatusSeeOther)
	items, err := p.db.Timeline(t.Context(), actorOf(p.deanStaff), p.ticketNow(r.TicketRef).ID)
	p.must(err)
	sent := 0
	for _, it := range items {
		if o := it.Outgoing; o != nil && o.Purpose == tickets.PurposeReply {
			sent++
			if len(o.Files) != 1 || o.Files[0].Bytes != int64(len("clean")) {
				t.Errorf("%+v", o.Files)
			}
		}
	}
	if sent != 1 {
		t.Errorf("%d letters", sent)
	}
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}
