package parse_test

import (
	"strings"
	"testing"

	"hearback/mailbox/parse"
	"hearback/tickets"
)

// Automatic mail, and mail that looks automatic and is meant for people. All are
// made up in the forms that the systems named write.
func TestKindsOfSystems(t *testing.T) {
	cal := func(head, method, partstat string) string {
		return head + "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n \n--b\nContent-Type: text/calendar; charset=utf-8; method=" + method + "\n\nBEGIN:VCALENDAR\nMETHOD:" + method + "\nBEGIN:VEVENT\nSUMMARY:Annual review\nDTSTART;TZID=GMT Standard Time:20260602T100000\nATTENDEE;PARTSTAT=" + partstat + ":mailto:nadia@family.example\nEND:VEVENT\nEND:VCALENDAR\n--b--\n"
	}
	cases := []struct {
		name, mail string
		kind       tickets.MailKind
	}{
		{"Exchange out of office with a postmaster envelope", "Return-Path: <>\nX-MS-Exchange-Inbox-Rules-Loop: head@school.example\nX-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated\nFrom: Postmaster <postmaster@school.example>\nSubject: Automatic reply: Owen\n\nI am out of the office. Your message was not forwarded.\n", tickets.KindAutoReply},
		{"365 out of office", "Return-Path: <>\nFrom: Head <head@school.example>\nSubject: Automatic reply: Owen\nAuto-Submitted: auto-replied\nX-Auto-Response-Suppress: All\n\nI am away until Monday. Mail that could not be delivered to me is lost.\n", tickets.KindAutoReply},
		{"Gmail vacation", "From: Nadia <nadia@family.example>\nSubject: Out of office Re: Owen\nPrecedence: bulk\nX-Autoreply: yes\n\nI am away.\n", tickets.KindAutoReply},
		{"iCloud vacation", "From: Nadia <nadia@family.example>\nSubject: Re: Owen\nX-Apple-Action: vacation\n\nI am away.\n", tickets.KindAutoReply},
		{"read receipt", "From: Nadia <nadia@family.example>\nSubject: Read: Owen\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nYour message was read.\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;nadia@family.example\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--\n", tickets.KindAutoReply},
		{"CPOMS notice", "From: CPOMS <alerts@cpoms.example>\nSubject: New incident added for O.R.\nPrecedence: bulk\nX-Mailer: PHPMailer\nTo: sen@council.example\n\nDear SEN team,\n\nAn incident has been recorded for a pupil on your caseload. Please log in and ring the school.\n", tickets.KindHuman},
		{"ParentMail", "From: Example Primary <noreply@parentmail.example>\nReply-To: office@school.example\nPrecedence: bulk\nTo: sen@council.example\nSubject: Message from Example Primary\n\nDear team,\n\nOwen has been absent for ten days. Please ring us about his plan.\n\nMrs Head\n", tickets.KindHuman},
		{"Arbor", "From: Example School via Arbor <no-reply@arbor.example>\nReply-To: senco@school.example\nTo: sen@council.example\nX-Auto-Response-Suppress: All\nSubject: Owen Rahman\n\nDear SEN team,\n\nCan somebody come to the review on 10 March?\n\nThe SENCo\n", tickets.KindHuman},
		{"contact form", "Return-Path: <www-data@web.council.example>\nFrom: Council website <noreply@council.example>\nReply-To: nadia@family.example\nTo: sen@council.example\nSubject: SEN enquiry form\n\nName: Nadia Rahman\nEmail: nadia@family.example\nYour question: The taxi did not come.\n", tickets.KindHuman},
		{"newsletter", "From: Charity <news@charity.example>\nTo: sen@council.example\nSubject: March news\nList-Id: <news.charity.example>\nList-Unsubscribe: <mailto:out@charity.example>\nPrecedence: bulk\n\nOur news.\n", tickets.KindList},
		{"robot without a person", "From: noreply@shop.example\nTo: sen@council.example\nSubject: Your receipt\n\nThank you for your order.\n", tickets.KindOther},
		{"automatic by its own word", "From: system@cpoms.example\nTo: sen@council.example\nSubject: Digest\nAuto-Submitted: auto-generated\n\nNo incidents today.\n", tickets.KindOther},
		{"Accepted", cal("From: Nadia <nadia@family.example>\nSubject: Accepted: Annual review\n", "REPLY", "ACCEPTED"), tickets.KindOther},
		{"Declined", cal("From: Nadia <nadia@family.example>\nSubject: Declined: Annual review\n", "REPLY", "DECLINED"), tickets.KindOther},
		{"a family invites", cal("From: Nadia <nadia@family.example>\nSubject: Meeting about Owen\n", "REQUEST", "NEEDS-ACTION"), tickets.KindHuman},
		{"a family writes about a delivery", "From: Nadia <nadia@family.example>\nSubject: Delivery failed\n\nThe wheelchair could not be delivered.\n", tickets.KindHuman},
		{"a family answers an automatic reply", "From: Nadia <nadia@family.example>\nSubject: RE: Automatic reply: Owen\n\nThank you, I will wait.\n", tickets.KindHuman},
		{"absence of a pupil", "From: Nadia <nadia@family.example>\nSubject: Absence\n\nOwen is ill.\n", tickets.KindHuman},
		{"signed by a family", "From: Nadia <nadia@family.example>\nSubject: Owen\nContent-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b\n\n--b\n\nThe taxi did not come.\n--b\nContent-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----\n--b--\n", tickets.KindHuman},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := parse.Message([]byte(c.mail), parse.Options{})
			if in.Kind != c.kind {
				t.Errorf("kind %q (%s): %q", in.Kind, in.Confidence, in.Evidence)
			}
			if in.Kind == tickets.KindAutoReply && in.Bounce != nil {
				t.Errorf("an automatic reply has a bounce: %+v", in.Bounce)
			}
			if in.Kind != tickets.KindHuman && len(in.Evidence) == 0 {
				t.Error("no evidence")
			}
		})
	}
}

// Failure notices that no standard describes, in the forms of the systems named.
func TestBounces(t *testing.T) {
	cases := []struct {
		name, mail, recipient, status string
		permanent, delayed            bool
	}{
		{"Postfix of old", "From: MAILER-DAEMON@mx.council.example (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender\n\nThis is the Postfix program at host mx.council.example.\n\nI'm sorry to have to inform you that your message could not be\nbe delivered to one or more recipients.\n\n<nadia@family.example>: host mx.family.example[192.0.2.1] said: 550 5.1.1 User unknown\n    (in reply to RCPT TO command)\n", "nadia@family.example", "5.1.1", true, false},
		{"Exim", "Return-Path: <>\nX-Failed-Recipients: nadia@family.example\nAuto-Submitted: auto-replied\nFrom: Mail Delivery System <Mailer-Daemon@mx.council.example>\nSubject: Mail delivery failed: returning message to sender\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  nadia@family.example\n    host mx.family.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<nadia@family.example>:\n    550 5.2.1 mailbox disabled\n", "nadia@family.example", "5.2.1", true, false},
		{"Exim, not yet", "Return-Path: <>\nFrom: Mail Delivery System <Mailer-Daemon@mx.council.example>\nSubject: Warning: message 1abcDE-0000 delayed 24 hours\n\nThis message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue.\n\n  nadia@family.example\n    Delay reason: connection timed out\n\nNo action is required on your part. Delivery attempts will continue for some time.\n", "nadia@family.example", "", false, true},
		{"qmail", "Return-Path: <>\nFrom: MAILER-DAEMON@mx.council.example\nSubject: failure notice\n\nHi. This is the qmail-send program at mx.council.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<nadia@family.example>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 no mailbox here by that name\nGiving up on 192.0.2.1.\n", "nadia@family.example", "550", true, false},
		{"Gmail", "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nX-Failed-Recipients: nadia@family.example\nSubject: Delivery Status Notification (Failure)\n\nDelivery to the following recipient failed permanently:\n\n     nadia@family.example\n\nTechnical details of permanent failure:\nThe error that the other server returned was:\n550 5.1.1 The email account that you tried to reach does not exist.\n", "nadia@family.example", "5.1.1", true, false},
		{"Gmail, full", "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nX-Failed-Recipients: nadia@family.example\nSubject: Delivery Status Notification (Failure)\n\nDelivery to the following recipient failed:\n\n     nadia@family.example\n\nThe error was: 452 4.2.2 The email account that you tried to reach is over quota.\n", "nadia@family.example", "4.2.2", false, false},
		{"Yahoo", "From: MAILER-DAEMON@yahoo.example\nSubject: Failure Notice\n\nSorry, we were unable to deliver your message to the following address.\n\n<nadia@family.example>:\n554: delivery error: dd Sorry your message to nadia@family.example cannot be delivered. This account has been disabled or discontinued [#102]. - mta1.yahoo.example\n\n--- Below this line is a copy of the message.\n\nFrom: sen@council.example\nTo: other@family.example\n", "nadia@family.example", "554", true, false},
		{"Outlook.com", "From: postmaster@outlook.example\nSubject: Delivery Status Notification (Failure)\n\nThis is an automatically generated Delivery Status Notification.\n\nDelivery to the following recipients failed.\n\n       nadia@family.example\n", "nadia@family.example", "", true, false},
		{"Exchange", "From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@council.example>\nSubject: Undeliverable: Owen\n\nDelivery has failed to these recipients or groups:\n\nNadia (nadia@family.example)\nThe email address you entered couldn't be found. Please check the recipient's email address and try to resend the message.\n\nDiagnostic information for administrators:\n\nnadia@family.example\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'\n", "nadia@family.example", "5.1.10", true, false},
		{"of a sending service", "Return-Path: <bounces@sender.example>\nFrom: Bounce Handler <bounce@sender.example>\nSubject: Message not delivered\n\nYour message could not be delivered to the recipient nadia@family.example: 550 5.7.1 message rejected as spam\n", "nadia@family.example", "5.7.1", true, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := parse.Message([]byte("To: sen@council.example\n"+c.mail), parse.Options{})
			if in.Kind != tickets.KindBounce || in.Bounce == nil {
				t.Fatalf("kind %q: %q", in.Kind, in.Evidence)
			}
			if b := in.Bounce; b.Recipient != c.recipient || b.Status != c.status || b.Permanent != c.permanent || b.Delayed != c.delayed {
				t.Errorf("got %+v", *b)
			}
		})
	}
}

func TestVisibleLines(t *testing.T) {
	cases := []struct{ name, mail, want string }{
		{"London is the zone of Windows", "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Annual review\nLOCATION:Room 2\nDTSTART;TZID=GMT Standard Time:20260602T100000\nEND:VEVENT\nEND:VCALENDAR\n", "[Invitation: Annual review, Tuesday 2 June 2026 10:00, Room 2]"},
		{"summer time of UTC", "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Annual review\nDTSTART:20260602T090000Z\nEND:VEVENT\nEND:VCALENDAR\n", "[Invitation: Annual review, Tuesday 2 June 2026 10:00]"},
		{"encrypted with PGP", "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream; name=encrypted.asc\n\n-----BEGIN PGP MESSAGE-----\n--b--\n", "[encrypted.asc: this mail is encrypted or sealed and cannot be read here.]"},
		{"encrypted with S/MIME", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nMIIB\n", "[smime.p7m: this mail is encrypted or sealed and cannot be read here.]"},
		{"signed with S/MIME", "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=b\n\n--b\n\nThe words.\n--b\nContent-Type: application/pkcs7-signature\n\nMIIB\n--b--\n", "[Signed by the sender: application/pkcs7-signature]"},
		{"PGP within the text", "\n-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----\n", "-----BEGIN PGP MESSAGE-----"},
		{"attached mail", "Content-Type: message/rfc822\n\nFrom: Head <head@school.example>\nSubject: Owen\n\nwords\n", "[Attached message: Owen, from Head <head@school.example>]"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := parse.Message([]byte("From: nadia@family.example\n"+c.mail), parse.Options{})
			if !strings.Contains(in.Text, c.want) {
				t.Errorf("got %q", in.Text)
			}
		})
	}
}

func TestTypeByContent(t *testing.T) {
	heic := "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
	cases := []struct{ name, declared, data, want string }{
		{"IMG_0001.HEIC", "application/octet-stream", heic, "image/heic"},
		{"IMG_0001.jpg", "image/jpeg", heic, "image/heic"},
		{"letter.pdf", "application/octet-stream", pdf, "application/pdf"},
		{"scan.tif", "application/octet-stream", tiff, "image/tiff"},
		{"photo.png", "image/png", jpeg, "image/jpeg"},
		{"page.txt", "text/plain", "<html><script>alert(1)</script></html>", "text/html"},
		{"drawing.png", "image/png", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>", "image/svg+xml"},
	}
	for _, c := range cases {
		in := parse.Message(withFile("From: nadia@family.example\n", "words", c.name, c.declared, c.data), parse.Options{})
		if len(in.Parts) != 1 || in.Parts[0].Type != c.want || in.Parts[0].Name != c.name {
			t.Errorf("%s: %+v", c.name, in.Parts)
		}
	}
}

func TestFlowed(t *testing.T) {
	cases := []struct{ name, params, body, want string }{
		{"joined", "format=flowed", "The taxi \ndid not \ncome.\n\nAgain.\n", "The taxi did not come.\n\nAgain."},
		{"DelSp", "format=flowed; delsp=yes", "The ta \nxi did  \nnot come.\n", "The taxi did not come."},
		{"quote depth", "format=flowed", "> Is he \n> at school?\n>> Since \n>> when?\nNo, since \nMonday.\n", "> Is he at school?\n>> Since when?\nNo, since Monday."},
		{"space-stuffing", "format=flowed", " From Monday\n >no quote\n", "From Monday\n>no quote"},
		{"signature", "format=flowed", "words \n-- \nNadia\n", "words \n-- \nNadia"},
		{"fixed", "format=fixed", "The taxi \ndid not come.\n", "The taxi \ndid not come."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := parse.Message([]byte("From: nadia@family.example\nContent-Type: text/plain; "+c.params+"\n\n"+c.body), parse.Options{})
			if in.Text != c.want {
				t.Errorf("got %q", in.Text)
			}
		})
	}
}

func TestInlinePictureWithoutDisposition(t *testing.T) {
	mail := "From: nadia@family.example\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>See</p><img src=\"cid:p1\">\n--b\nContent-Type: image/png; name=plan.png\nContent-ID: <p1>\n\n\x89PNG\r\n\x1a\n\n--b\nContent-Type: image/png; name=logo.png\nContent-Disposition: attachment\n\n\x89PNG\r\n\x1a\n\n--b--\n"
	in := parse.Message([]byte(mail), parse.Options{})
	if len(in.Parts) != 2 || !in.Parts[0].Inline || in.Parts[1].Inline {
		t.Errorf("got %+v", in.Parts)
	}
	if !strings.Contains(in.Text, "plan.png") {
		t.Errorf("the picture leaves no word: %q", in.Text)
	}
}
