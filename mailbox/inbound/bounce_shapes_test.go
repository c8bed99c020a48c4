package inbound_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"hearback/mailbox/parse"
	"hearback/tickets"
)

// What mail systems say when a letter does not arrive, each in its own way. ID, TO,
// TOKEN and SEN stand for the number, recipient, reply token and sender of a letter of
// ours; the words are made up.
func bounceShapes() map[string]string {
	returned := "Return-Path: <SEN>\nReceived: from mx.westmarsh.example by mx.homemail.example; Tue, 24 Nov 2026 10:11:00 +0000\n" +
		"Date: Tue, 24 Nov 2026 10:11:00 +0000\nFrom: \"Westmarsh Council\" <SEN>\nTo: <TO>\nReply-To: <sen+TOKEN@westmarsh.example>\n" +
		"Subject: Your question\nMessage-ID: <ID>\n"
	return map[string]string{
		"Postfix": "From: MAILER-DAEMON@mx.westmarsh.example (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender\nTo: SEN\n" +
			"Auto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\nMessage-Id: <4Xq1@mx.westmarsh.example>\n\n" +
			"--b1\nContent-Description: Notification\nContent-Type: text/plain; charset=utf-8\n\nThis is the mail system at host mx.westmarsh.example.\n\nYour message could not be delivered.\n\n<TO>: host mx.homemail.example[192.0.2.1] said: 550 5.1.1 <TO>: Recipient address rejected (in reply to RCPT TO command)\n" +
			"--b1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.westmarsh.example\nX-Postfix-Queue-ID: 4Xq1\nArrival-Date: Tue, 24 Nov 2026 10:11:00 +0000\n\n" +
			"Final-Recipient: rfc822; TO\nOriginal-Recipient: rfc822;TO\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.homemail.example\nDiagnostic-Code: smtp; 550 5.1.1 <TO>: Recipient address rejected\n" +
			"--b1\nContent-Description: Undelivered Message Headers\nContent-Type: text/rfc822-headers\n\n" + returned + "--b1--\n",
		"Postfix, passed on": "From: MAILER-DAEMON@mx.homemail.example (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender\nTo: SEN\nMIME-Version: 1.0\n" +
			"Content-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\n\n--b1\nContent-Type: text/plain\n\nThis is the mail system.\n\n<moved.on@elsewhere.example> (expanded from <TO>): host mx.elsewhere.example said: 550 5.1.1 unknown\n" +
			"--b1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.homemail.example\n\nFinal-Recipient: rfc822; moved.on@elsewhere.example\nAction: failed\nStatus: 5.1.1\n" +
			"--b1\nContent-Type: message/rfc822\n\n" + returned + "\nIt is in December.\n--b1--\n",
		"Postfix, gave up after days": "From: MAILER-DAEMON@mx.westmarsh.example\nSubject: Undelivered Mail Returned to Sender\nTo: SEN\nMIME-Version: 1.0\n" +
			"Content-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\n\n--b1\n\n<TO>: connect to mx.homemail.example[192.0.2.1]:25: Connection timed out\n" +
			"--b1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.westmarsh.example\n\nFinal-Recipient: rfc822; TO\nAction: failed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; connect to mx.homemail.example: Connection timed out\n" +
			"--b1\nContent-Type: text/rfc822-headers\n\n" + returned + "--b1--\n",
		"delay: Postfix": "From: MAILER-DAEMON@mx.westmarsh.example\nSubject: Delayed Mail (still being retried)\nTo: SEN\nMIME-Version: 1.0\n" +
			"Content-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\n\n--b1\n\nYour message could not be delivered for more than 4 hours. It will be retried until it is 5 days old.\n\n<TO>: connect to mx.homemail.example: Connection timed out\n" +
			"--b1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.westmarsh.example\n\nFinal-Recipient: rfc822; TO\nAction: delayed\nStatus: 4.4.1\nWill-Retry-Until: Sun, 29 Nov 2026 10:11:00 +0000\n" +
			"--b1\nContent-Type: text/rfc822-headers\n\n" + returned + "--b1--\n",
		"Exchange Online": "From: <postmaster@westmarsh.example>\nTo: <SEN>\nSubject: Undeliverable: Your question\nMessage-ID: <7f@westmarsh.example>\nMIME-Version: 1.0\nX-MS-Exchange-Message-Is-Ndr:\n" +
			"In-Reply-To: <ID>\nReferences: <ID>\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"x1\"\nAuto-Submitted: auto-replied\n\n" +
			"--x1\nContent-Type: multipart/alternative; boundary=\"x2\"\n\n--x2\nContent-Type: text/html; charset=\"us-ascii\"\n\n<html><body><p>Your message to <b>TO</b> couldn't be delivered.</p><p>The recipient wasn't found at homemail.example.</p></body></html>\n--x2--\n" +
			"--x1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns;LO4P265MB.GBRP265.PROD.example\nReceived-From-MTA: dns;LO4P265MB\nArrival-Date: Tue, 24 Nov 2026 10:11:01 +0000\n\nFinal-Recipient: rfc822;TO\nAction: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient TO not found by SMTP address lookup\nX-Display-Name: TO\n\n" +
			"--x1\nContent-Type: message/rfc822\n\n" + returned + "Content-Type: text/plain\n\nIt is in December.\n--x1--\n",
		"Exchange, without the letter": "From: Microsoft Outlook <MicrosoftExchange329e71ec@westmarsh.example>\nTo: <SEN>\nSubject: Undeliverable: Your question\nIn-Reply-To: <ID>\nReferences: <ID>\nMIME-Version: 1.0\n" +
			"Content-Type: multipart/report; report-type=delivery-status; boundary=\"x1\"\n\n--x1\nContent-Type: text/plain\n\nDelivery has failed to these recipients or groups:\n\nTO\nThe recipient's mailbox is full.\n" +
			"--x1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns;ex1.westmarsh.example\n\nFinal-recipient: RFC822; TO\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp;554 5.2.2 mailbox full\n--x1--\n",
		"Gmail": "From: Mail Delivery Subsystem <mailer-daemon@bigmail.example>\nTo: SEN\nAuto-Submitted: auto-replied\nSubject: Delivery Status Notification (Failure)\nReferences: <ID>\nIn-Reply-To: <ID>\nX-Failed-Recipients: TO\nMessage-ID: <g1.1@mx.bigmail.example>\nMIME-Version: 1.0\n" +
			"Content-Type: multipart/report; boundary=\"g1\"; report-type=delivery-status\n\n--g1\nContent-Type: multipart/related; boundary=\"g2\"\n\n--g2\nContent-Type: multipart/alternative; boundary=\"g3\"\n\n--g3\nContent-Type: text/plain; charset=\"UTF-8\"\n\n** Address not found **\n\nYour message wasn't delivered to TO because the address couldn't be found.\n--g3--\n--g2--\n" +
			"--g1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; bigmail.example\nReceived-From-MTA: dns; SEN\nArrival-Date: Tue, 24 Nov 2026 02:11:00 -0800 (PST)\nX-Original-Message-ID: <ID>\n\nFinal-Recipient: rfc822; TO\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.\n" +
			"--g1\nContent-Type: message/rfc822\n\n" + returned + "\nIt is in December.\n--g1--\n",
		"qmail":                    "Return-Path: <>\nFrom: MAILER-DAEMON@mx.valley-isp.example\nTo: SEN\nSubject: failure notice\n\nHi. This is the qmail-send program at mx.valley-isp.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<TO>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n" + returned + "\nIt is in December.\n",
		"Exim":                     "Return-path: <>\nX-Failed-Recipients: TO\nAuto-Submitted: auto-replied\nFrom: Mail Delivery System <Mailer-Daemon@mx.brightmail.example>\nTo: SEN\nSubject: Mail delivery failed: returning message to sender\n\nThis message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  TO\n    Unrouteable address\n\n------ This is a copy of the message, including all the headers. ------\n\n" + returned + "\nIt is in December.\n",
		"delay: Exim":              "Return-path: <>\nAuto-Submitted: auto-replied\nFrom: Mail Delivery System <Mailer-Daemon@mx.brightmail.example>\nTo: SEN\nSubject: Warning: message 1abc delayed 24 hours\n\nThis message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its recipients after more than 24 hours on the queue.\n\nThe message identifier is: 1abc\nMessage-ID: <ID>\n\nThe address to which the message has not yet been delivered is:\n\n  TO\n    Delay reason: Connection refused\n\nNo action is required on your part. Delivery attempts will continue for some time.\n",
		"standard, by envelope id": "From: <postmaster@mx.westmarsh.example>\nTo: SEN\nSubject: Delivery report\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"r1\"\n\n--r1\n\nTO failed\n--r1\nContent-Type: message/delivery-status\n\nOriginal-Envelope-Id: ID\nReporting-MTA: dns; mx.westmarsh.example\n\nOriginal-Recipient: rfc822;TO\nFinal-Recipient: rfc822;local-42@store.homemail.example\nAction: failed\nStatus: 5.7.1\n--r1--\n",
		"standard, only the reply address is left": "From: <postmaster@mx.westmarsh.example>\nTo: SEN\nSubject: Delivery report\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"r1\"\n\n--r1\n\nTO failed\n--r1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.westmarsh.example\n\nFinal-Recipient: rfc822;TO\nAction: failed\nStatus: 5.1.1\n--r1\nContent-Type: text/rfc822-headers\n\nFrom: <SEN>\nTo: <TO>\nReply-To: \"SEN team\" <sen+TOKEN@westmarsh.example>\nMessage-ID: <rewritten-1@relay.example>\n--r1--\n",
		"one of several failed":                    "From: <postmaster@mx.westmarsh.example>\nTo: SEN\nSubject: Delivery report\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"r1\"\n\n--r1\n\nA report.\n--r1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.westmarsh.example\n\nFinal-Recipient: rfc822;OTHER\nAction: relayed\nStatus: 2.0.0\n\nFinal-Recipient: rfc822;TO\nAction: failed\nStatus: 5.1.1\n\n--r1\nContent-Type: text/rfc822-headers\n\n" + returned + "--r1--\n",
		"with UTF-8 (RFC 6533)": "From: <postmaster@mx.westmarsh.example>\nTo: SEN\nSubject: =?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte("Zustellung fehlgeschlagen: für Sie")) + "?=\nMIME-Version: 1.0\n" +
			"Content-Type: multipart/report; report-type=delivery-status; boundary=\"u1\"\n\n--u1\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nDie Nachricht für TO wurde nicht zugestellt.\n" +
			"--u1\nContent-Type: message/global-delivery-status\nContent-Transfer-Encoding: 8bit\n\nReporting-MTA: dns; mx.westmarsh.example\n\nOriginal-Recipient: utf-8; TO\nFinal-Recipient: utf-8; jürgen@größe.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unbekannt: jürgen\n" +
			"--u1\nContent-Type: message/global-headers\nContent-Transfer-Encoding: 8bit\n\n" + strings.Replace(returned, "Your question", "Größe und Maß", 1) + "--u1--\n",
		"words alone":       "From: Mail Delivery System <mailer-daemon@mx.familynet.example>\nTo: SEN\nSubject: Returned mail: user unknown\n\nYour mail to TO could not be delivered:\n550 user unknown\n\nHeaders of your message:\nMessage-ID: <ID>\nSubject: Your question\n",
		"base64 throughout": "From: Mail Delivery System <mailer-daemon@mx.familynet.example>\nTo: SEN\nSubject: Returned mail\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n--b\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\nB64(Reporting-MTA: dns; mx.familynet.example\n\nFinal-Recipient: rfc822; TO\nAction: failed\nStatus: 5.1.1\n)\n--b\nContent-Type: text/rfc822-headers\nContent-Transfer-Encoding: base64\n\nB64(" + returned + ")\n--b--\n",
	}
}

// filled puts a letter of ours into a shape.
func filled(shape string, l answeredLetter) []byte {
	s := strings.NewReplacer("TOKEN", l.asked.Token, "OTHER", l.other.Email, "SEN", team, "TO", l.asked.Email, "ID>", l.asked.MessageID+">", "Id: ID\n", "Id: "+l.asked.MessageID+"\n").Replace(
		strings.NewReplacer("RCPT TO", "RCPT \x00", "Reply-To", "Reply-\x01").Replace(shape))
	s = strings.NewReplacer("\x00", "TO", "\x01", "To").Replace(s)
	for {
		head, rest, ok := strings.Cut(s, "B64(")
		if !ok {
			return []byte(strings.ReplaceAll(s, "\n", "\r\n"))
		}
		inner, tail, _ := strings.Cut(rest, ")\n")
		s = head + base64.StdEncoding.EncodeToString([]byte(inner)) + "\n" + tail
	}
}

func TestBounceShapes(t *testing.T) {
	c := newCorrespondence(t)
	for name, shape := range bounceShapes() {
		l := c.answer()
		raw := filled(shape, l)
		in := parse.Message(raw, parse.Options{})
		delayed := strings.HasPrefix(name, "delay")
		if in.Kind != tickets.KindBounce || in.Bounce == nil || in.Bounce.Delayed != delayed {
			t.Errorf("%s: read as %s, %+v", name, in.Kind, in.Bounce)
			continue
		}
		if bad := c.after(l, c.take(raw), delayed); bad != "" {
			t.Errorf("%s: %s", name, bad)
		}
	}
}

// The same reports without anything of ours, about an address to which we did write:
// they are shown where they may belong and change nothing.
func TestBounceShapesThatProveNothing(t *testing.T) {
	c := newCorrespondence(t)
	for name, shape := range bounceShapes() {
		l := c.answer()
		forged := l
		forged.asked.MessageID, forged.asked.Token = "made-up-"+l.asked.Token+"@elsewhere.example", "aaaaaaaaaaaaaaaaaaaaaaaaaa"
		c.take(filled(shape, forged))
		o, err := c.db.OutgoingByID(c.ctx, l.outgoingID)
		c.must(err)
		k, err := c.db.TicketByID(c.ctx, l.ticket)
		c.must(err)
		for _, d := range o.Deliveries {
			if d.State != tickets.Accepted || k.State != tickets.StateAnswered {
				t.Errorf("%s: the copy is %s and the enquiry %s", name, d.State, k.State)
			}
		}
	}
}
