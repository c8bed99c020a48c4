package tickets_test

import (
	"bytes"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// Files of a draft are their author's alone; a letter has what it was queued with,
// byte for byte; what is old goes.
func TestFilesOfLetters(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, dean := t.Context(), actor(w.dean)
		k := w.ticket(w.one(mail(tessa)).TicketID)
		w.drain()
		fails := func(kind fault.Kind, err error) {
			t.Helper()
			if !fault.Is(err, kind) {
				t.Errorf("%v, want %s", err, kind)
			}
		}
		attach := func(name string, content []byte, scan tickets.ScanVerdict, replace int64) (*tickets.DraftFile, error) {
			return w.desk.AttachFile(ctx, dean, tickets.AttachRequest{
				Ref: k.Ref, Source: tickets.FileUpload, Replace: replace, Scan: tickets.PartScan{Verdict: scan, Signature: "why"},
				File: tickets.LetterFile{Name: name, Type: "application/pdf", Content: content},
			}, w.now)
		}
		large := bytes.Repeat([]byte{7, 0, 255}, 100_000)
		plan, err := attach("plan.pdf", large, tickets.ScanSkipped, 0)
		w.must(err)
		for _, x := range []struct {
			kind    fault.Kind
			name    string
			content []byte
			scan    tickets.ScanVerdict
		}{
			{fault.Invalid, "together.pdf", make([]byte, w.desk.FilesMax()-1000), ""},
			{fault.Invalid, "huge.pdf", make([]byte, w.desk.FilesMax()+1), ""},
			{fault.Invalid, "empty.pdf", nil, ""},
			{fault.Invalid, "run.EXE", []byte("x"), ""},
			{fault.Invalid, "../up.pdf", []byte("x"), ""},
			{fault.Refused, "virus.pdf", []byte("x"), tickets.ScanInfected},
		} {
			_, err := attach(x.name, x.content, x.scan, 0)
			fails(x.kind, err)
		}
		other, err := attach("other.pdf", []byte("other"), tickets.ScanClean, 0)
		w.must(err)
		w.must(w.desk.DetachFile(ctx, dean, k.Ref, other.ID, w.now))
		fails(fault.NotFound, w.desk.DetachFile(ctx, actor(w.lead), k.Ref, plan.ID, w.now))
		if list, err := w.desk.DraftFilesOf(ctx, actor(w.lead), k.Ref); err != nil || len(list) != 0 {
			t.Errorf("somebody else's files: %v %v", list, err)
		}
		cleaned, err := attach("plan.pdf", []byte("clean"), tickets.ScanClean, plan.ID)
		w.must(err)
		_, err = attach("plan.pdf", []byte("again"), "", plan.ID)
		fails(fault.NotFound, err)
		states := func(want ...tickets.FileState) []tickets.DraftFile {
			t.Helper()
			list, err := w.desk.DraftFilesOf(ctx, dean, k.Ref)
			w.must(err)
			if len(list) != len(want) {
				t.Fatalf("%+v", list)
			}
			for i, f := range list {
				if f.State != want[i] {
					t.Fatalf("%+v", list)
				}
			}
			return list
		}
		list := states(tickets.FileCleaned, tickets.FileRemoved, tickets.FileThere)
		if list[0].Scan != tickets.ScanSkipped || list[0].ScanWords != "why" || list[2].CleanedOf != plan.ID || list[0].Bytes != int64(len(large)) {
			t.Errorf("%+v", list)
		}
		w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
			if err := tx.PutLetterhead(ctx, w.team.ID, tickets.Letterhead{Signature: "North team"}, w.lead.ID, w.now); err != nil {
				return err
			}
			return tx.PutPreferences(ctx, &register.Preferences{PersonID: w.tessa.ID, LargePrint: 20})
		}))
		r := tickets.ReplyRequest{Ref: k.Ref, To: []int64{w.tessa.ID}, Body: "See the file.", Files: []int64{plan.ID}, SeenVersion: w.ticket(k.ID).Version}
		_, err = w.desk.Draft(ctx, dean, r, w.now)
		fails(fault.Conflict, err) // the original is no longer attached
		r.Files = []int64{cleaned.ID}
		_, err = w.desk.Draft(ctx, actor(w.lead), r, w.now)
		fails(fault.Conflict, err) // somebody else's
		draft, err := w.desk.Draft(ctx, dean, r, w.now)
		w.must(err)
		o, err := w.desk.Reply(ctx, dean, r, w.now)
		w.must(err)
		w.now = w.now.Add(15 * time.Minute)
		c := w.claim()
		if c == nil || c.Letter.ID != o.ID {
			t.Fatalf("%+v", c)
		}
		for _, x := range []*tickets.Claim{draft, c} {
			if len(x.Letter.Files) != 1 || x.Head.Signature != "North team" || x.Print[w.tessa.ID] != 20 {
				t.Fatalf("%+v", x)
			}
			f := x.Letter.Files[0]
			if f.Name != "plan.pdf" || string(f.Content) != "clean" || f.SHA256 != cleaned.SHA256 || f.Scan != tickets.ScanClean {
				t.Errorf("%+v", f)
			}
		}
		states(tickets.FileCleaned, tickets.FileRemoved, tickets.FileDone)
		w.must(w.desk.ReopenFiles(ctx, dean, o, w.now))
		states(tickets.FileCleaned, tickets.FileRemoved, tickets.FileThere)
		w.must(w.db.DropDraft(ctx, dean, k.ID, w.now))
		states(tickets.FileCleaned, tickets.FileRemoved, tickets.FileDone)
		for range 2 { // a cleaned copy names its original: the younger goes first
			_, err = w.db.DropOldDrafts(ctx, w.now.Add(tickets.DraftsKept+time.Hour))
			w.must(err)
		}
		states()
	})
}
