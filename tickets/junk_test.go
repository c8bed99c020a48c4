package tickets_test

import (
	"strings"
	"testing"
	"time"

	"hearback/tickets"
)

func trusting(s *tickets.Settings) { s.TrustedAuth = map[string]string{"sen": "mx.westmarsh.example"} }

func TestJunk(t *testing.T) {
	const mx = "mx.westmarsh.example"
	for _, tc := range []struct {
		name  string
		in    func(w *world) *tickets.Inbound
		fate  tickets.Fate
		acked bool
		case1 bool // on Milo's case
	}{
		{"a parent, confirmed", func(*world) *tickets.Inbound { return mail(tessa, dmarc(mx, "pass")) }, tickets.FateMessage, true, true},
		{"a parent, not confirmable", func(*world) *tickets.Inbound { return mail(tessa, dmarc(mx, "none")) }, tickets.FateMessage, false, true},
		{"a parent, forged", func(*world) *tickets.Inbound { return mail(tessa, dmarc(mx, "fail")) }, tickets.FateHeld, false, false},
		{"a stranger", func(*world) *tickets.Inbound { return mail("win@prize.example", dmarc(mx, "pass")) }, tickets.FateSuppressed, false, false},
		{"a stranger who cites our letter", func(w *world) *tickets.Inbound {
			tok := w.letter(w.one(mail(tessa, dmarc(mx, "pass"))).AckID).Deliveries[0].Token
			return mail("win@prize.example", dmarc(mx, "pass"), func(in *tickets.Inbound) {
				in.To = []tickets.MailAddress{{Email: "sen+" + tok + "@westmarsh.example"}}
			})
		}, tickets.FateSuppressed, false, false},
		{"an answer of somebody we wrote to", func(w *world) *tickets.Inbound {
			r := w.one(mail("new.carer@else.example", dmarc(mx, "pass")))
			return mail("new.carer@else.example", dmarc(mx, "pass"), answering(w.letter(r.AckID).Deliveries[0].MessageID))
		}, tickets.FateMessage, true, false},
		{"a colleague", func(*world) *tickets.Inbound { return mail("dean@westmarsh.example", dmarc(mx, "pass")) }, tickets.FateMessage, false, false},
		{"a forged colleague", func(*world) *tickets.Inbound { return mail("dean@westmarsh.example", dmarc(mx, "fail")) }, tickets.FateSuppressed, false, false},
		{"our own telephone system", func(*world) *tickets.Inbound {
			return mail("voicemail@westmarsh.example", func(in *tickets.Inbound) { in.Kind, in.AutoHeader = tickets.KindVoicemail, true })
		}, tickets.FateMessage, false, false},
		{"a failure of our letter", func(w *world) *tickets.Inbound {
			d := w.letter(w.one(mail(tessa, dmarc(mx, "pass"))).AckID).Deliveries[0]
			return mail("mailer-daemon@mx.example", func(in *tickets.Inbound) {
				in.Kind, in.Bounce = tickets.KindBounce, &tickets.Bounce{Recipient: tessa, MessageID: d.MessageID, Permanent: true}
			})
		}, tickets.FateMessage, false, true},
		{"a failure of nothing of ours", func(*world) *tickets.Inbound {
			return mail("mailer-daemon@mx.example", func(in *tickets.Inbound) {
				in.Kind, in.Bounce = tickets.KindBounce, &tickets.Bounce{Recipient: tessa, Permanent: true}
			})
		}, tickets.FateSuppressed, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, trusting)
			in := tc.in(w)
			w.later(25 * time.Hour)
			got := w.intake(w.inFolder(in, "Junk Email", tickets.FolderJunk))[0]
			if got.Fate != tc.fate || (got.AckID != 0) != tc.acked || got.RawID == 0 {
				t.Fatalf("%+v", got)
			}
			if tc.fate == tickets.FateSuppressed {
				if !strings.Contains(got.Reason, "stayed in Junk") || got.MessageID != 0 {
					t.Errorf("%+v", got)
				}
				return
			}
			m := w.message(got.MessageID)
			if !m.Junk || (m.CaseID == w.milo.ID) != tc.case1 {
				t.Errorf("%+v", m)
			}
		})
	}
}

// A person who looks into the ledger can take in what stayed in Junk, and moving a
// mail out of Junk makes no second one.
func TestOutOfJunk(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		spam := w.inFolder(mail("hopeful@else.example", func(in *tickets.Inbound) { in.MessageID = "hope@else.example" }), "Junk", tickets.FolderJunk)
		if got := w.intake(spam)[0]; got.Fate != tickets.FateSuppressed {
			t.Fatalf("%+v", got)
		}
		if got := w.intake(spam)[0]; !got.Already {
			t.Errorf("a second look: %+v", got)
		}
		spam.Retry = true
		got := w.intake(spam)[0]
		if got.Fate != tickets.FateMessage || !got.Opened || w.ticket(got.TicketID).State != tickets.StateTriage || got.AckID != 0 || w.runs(got.TicketID) != 1 {
			t.Fatalf("the retry: %+v", got)
		}
		if again := w.intake(spam)[0]; !again.Already || again.TicketRef != got.TicketRef {
			t.Errorf("a second retry: %+v", again)
		}
		moved := w.received(spam.Mail)
		if d := w.intake(moved)[0]; d.Fate != tickets.FateDuplicate || d.MessageID != got.MessageID {
			t.Errorf("moved to the inbox: %+v", d)
		}
		// Moved before anybody retried it: taken in once, as any mail.
		other := w.inFolder(mail("second@else.example"), "Junk", tickets.FolderJunk)
		w.intake(other)
		if in := w.intake(w.received(other.Mail))[0]; !in.Opened || w.message(in.MessageID).Junk {
			t.Errorf("moved by a colleague: %+v", in)
		}
	})
}
