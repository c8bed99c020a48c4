package parse_test

import (
	"strings"
	"testing"

	"hearback/mailbox/parse"
	"hearback/tickets"
)

func TestAttachedMailIsShown(t *testing.T) {
	mail := "From: nadia@family.example\nSubject: See attached\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nWhat does this mean?\n--a\nContent-Type: message/rfc822\n\n" +
		"From: Head <head@school.example>\nSubject: Owen\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nOwen was excluded today.\n--b\nContent-Type: application/pdf; name=letter.pdf\n\n%PDF-1.4\n--b--\n--a--\n"
	in := parse.Message([]byte(mail), parse.Options{})
	if in.ReplyText != "What does this mean?" {
		t.Errorf("reply %q", in.ReplyText)
	}
	for _, w := range []string{"What does this mean?", "Owen was excluded today.", "letter.pdf", "Head <head@school.example>"} {
		if !strings.Contains(in.Text, w) {
			t.Errorf("%q is missing in %q", w, in.Text)
		}
	}
	if len(in.Parts) != 1 || in.Parts[0].Type != "message/rfc822" {
		t.Errorf("parts: %+v", in.Parts)
	}
}

// A mail in a mail in a mail ... costs no more than its length.
func TestMailsWithinMails(t *testing.T) {
	mail := "The words.\n"
	for range 300 {
		mail = "From: nadia@family.example\nContent-Type: message/rfc822\n\n" + mail
	}
	in := parse.Message([]byte(mail), parse.Options{})
	if !strings.Contains(in.Text, "[Attached message") || len(in.Parts) != 1 {
		t.Errorf("got %q, %d parts", in.Text, len(in.Parts))
	}
}

// What came back to us is our own letter: its words are not the notice's.
func TestReturnedLetterIsNotShownAgain(t *testing.T) {
	mail := "Return-Path: <>\nFrom: MAILER-DAEMON@mx.council.example\nTo: sen@council.example\nSubject: failure notice\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nI wasn't able to deliver your message.\n<nadia@family.example>: 550 5.1.1 no such user\n--a\nContent-Type: message/rfc822\n\nFrom: sen@council.example\nTo: nadia@family.example\nMessage-ID: <l1@council.example>\n\nDear Mrs Rahman, private words.\n--a--\n"
	in := parse.Message([]byte(mail), parse.Options{})
	if in.Kind != tickets.KindBounce || strings.Contains(in.Text, "private words") || in.Bounce.MessageID != "l1@council.example" {
		t.Errorf("%q: %q, %+v", in.Kind, in.Text, in.Bounce)
	}
}
