package parse_test

import (
	"testing"
	"time"

	"hearback/mailbox/parse"
	"hearback/tickets"
)

func TestWhoPassedItOn(t *testing.T) {
	sent := time.Date(2026, 3, 2, 9, 15, 0, 0, time.UTC)
	head := tickets.MailAddress{Name: "Head", Email: "head@school.example"}
	block := "From: Head <head@school.example>\nSent: 02 March 2026 09:15\nTo: nadia@family.example\nSubject: Owen\n\nOwen was excluded today.\n"
	cases := []struct {
		name, mail string
		want       []tickets.Forwarded
	}{
		{"Gmail", "Subject: Fwd: Owen\n\nPlease see below.\n\n---------- Forwarded message ---------\nFrom: Head <head@school.example>\nDate: Mon, 2 Mar 2026 at 09:15\nSubject: Owen\nTo: <nadia@family.example>\n\nOwen was excluded today.\n", []tickets.Forwarded{{From: head, Date: sent, Subject: "Owen"}}},
		{"Outlook", "Subject: FW: Owen\n\nPlease see below.\n\n" + block, []tickets.Forwarded{{From: head, Date: sent, Subject: "Owen"}}},
		{"without a word or a subject", "Subject: Owen\n\n" + block, []tickets.Forwarded{{From: head, Date: sent, Subject: "Owen"}}},
		{"an answer quotes and passes nothing on", "Subject: Re: Owen\n\nThank you.\n\n" + block, nil},
		{"an answer without a word", "Subject: Re: Owen\n\n" + block, nil},
		{"attached", "Subject: Owen\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nPlease see.\n--b\nContent-Type: message/rfc822\n\nFrom: Head <head@school.example>\nDate: Mon, 2 Mar 2026 09:15:00 +0000\nSubject: =?utf-8?q?Owen?=\n\nOwen was excluded today.\n--b--\n", []tickets.Forwarded{{From: head, Date: sent, Subject: "Owen"}}},
		{"a letter", "Subject: Owen\n\nFrom: Monday he will be at home.\n", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := parse.Message([]byte("From: nadia@family.example\n"+c.mail), parse.Options{})
			if len(in.Forwarded) != len(c.want) {
				t.Fatalf("got %+v", in.Forwarded)
			}
			for i, w := range c.want {
				if g := in.Forwarded[i]; g.From != w.From || g.Subject != w.Subject || !g.Date.Equal(w.Date) {
					t.Errorf("got %+v, want %+v", g, w)
				}
			}
		})
	}
	in := parse.Message([]byte("Resent-From: officer@council.example\nResent-Date: Tue, 3 Mar 2026 10:00:00 +0000\nResent-From: old@council.example\nFrom: nadia@family.example\nSender: PA <pa@family.example>\nBcc: hidden@family.example\nList-Id: Carers of Exampleshire <Carers.lists.Charity.example>\n\nwords\n"), parse.Options{})
	if in.Resent == nil || in.Resent.From.Email != "officer@council.example" || !in.Resent.At.Equal(time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)) {
		t.Errorf("resent: %+v", in.Resent)
	}
	if in.Sender.Email != "pa@family.example" || len(in.Bcc) != 1 || in.ListID != "carers.lists.charity.example" {
		t.Errorf("got %+v, %+v, %q", in.Sender, in.Bcc, in.ListID)
	}
}
