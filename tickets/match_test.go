package tickets_test

import (
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/register"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) // a Tuesday

const (
	tessa = "tessa.brandt@mail.example"
	rob   = "rob.brandt@mail.example"
	sen   = "sen@westmarsh.example"
)

// mail is a human mail from address.
func mail(from string, change ...func(*tickets.Inbound)) *tickets.Inbound {
	in := &tickets.Inbound{
		MessageID: "m1@mail.example", From: tickets.MailAddress{Name: "Somebody", Email: from},
		Senders: []tickets.MailAddress{{Email: from}}, To: []tickets.MailAddress{{Email: sen}},
		Subject: "A question", Text: "When is the review?", ReplyText: "When is the review?", Kind: tickets.KindHuman,
	}
	for _, c := range change {
		c(in)
	}
	return in
}

func saying(text string) func(*tickets.Inbound) {
	return func(in *tickets.Inbound) { in.Text, in.ReplyText = text, text }
}

func dmarc(server, result string) func(*tickets.Inbound) {
	return func(in *tickets.Inbound) { in.Auth = tickets.AuthResult{ServerID: server, DMARC: result} }
}

func subject(s string) func(*tickets.Inbound) {
	return func(in *tickets.Inbound) { in.Subject = s }
}

// on is a person with the sender's mailbox on a case.
func on(person, caseID int64, open ...tickets.Ticket) tickets.SenderFact {
	return tickets.SenderFact{
		Person: register.Person{ID: person, Kind: register.KindParent},
		Link:   register.Link{CaseID: caseID, PersonID: person},
		Case:   register.Case{ID: caseID, Ref: map[int64]string{1: "WM-2201", 2: "WM-2202", 3: "WM-2203"}[caseID], Open: true},
		Open:   open,
	}
}

func closed(f tickets.SenderFact) tickets.SenderFact { f.Case.Open = false; return f }
func banned(f tickets.SenderFact) tickets.SenderFact { f.Link.NoContact = true; return f }

func ticket(id, caseID int64, s tickets.State) tickets.Ticket {
	return tickets.Ticket{ID: id, Ref: "SEN-10400" + string(rune('0'+id)), CaseID: caseID, State: s, RequesterID: 10, RequesterMailbox: tessa}
}

func finished(id, caseID int64, daysAgo int) tickets.Ticket {
	t := ticket(id, caseID, tickets.StateFinished)
	at := noon.AddDate(0, 0, -daysAgo)
	t.FinishedAt = &at
	return t
}

func token(t tickets.Ticket, to string) tickets.TokenFact {
	return tickets.TokenFact{Token: "abc", TicketID: t.ID, CaseID: t.CaseID, Ticket: t, Purpose: tickets.PurposeReply, RecipientMailbox: to}
}

func thread(t tickets.Ticket, participants ...string) tickets.ThreadFact {
	return tickets.ThreadFact{MessageID: "x@y", TicketID: t.ID, CaseID: t.CaseID, Ticket: t, Participants: participants}
}

func notice(f tickets.ThreadFact) tickets.ThreadFact { f.Purpose = tickets.PurposeNotice; return f }

type senders = []tickets.SenderFact

func TestMatch(t *testing.T) {
	open1, open2 := ticket(1, 1, tickets.StateOpen), ticket(2, 2, tickets.StateOpen)
	merged := ticket(3, 1, tickets.StateMerged)
	merged.MergedInto = 1
	others := ticket(4, 1, tickets.StateOpen)
	others.RequesterID, others.RequesterMailbox = 11, rob
	unsorted := ticket(5, 0, tickets.StateTriage)
	staff := &register.Staff{ID: 7, Active: true}
	trusted := tickets.MatchSettings{AuthServerID: "mx.westmarsh.example"}

	for _, tc := range []struct {
		name    string
		in      *tickets.Inbound
		f       tickets.MatchFacts
		s       tickets.MatchSettings
		outcome tickets.MatchOutcome
		ticket  int64
		caseID  int64
		suggest int64
		reason  string // a part of it
		check   func(tickets.MatchResult) bool
	}{
		{name: "token of the recipient", in: mail(tessa), f: tickets.MatchFacts{Tokens: []tickets.TokenFact{token(open1, tessa)}, Sender: senders{on(10, 1)}}, outcome: "join", ticket: 1, caseID: 1, reason: "reply address"},
		{name: "token, dots and tag of the same gmail mailbox", in: mail("Tessa.B+sen@gmail.com"), f: tickets.MatchFacts{Tokens: []tickets.TokenFact{token(open1, "tessab@gmail.com")}}, outcome: "join", ticket: 1, caseID: 1},
		{name: "token from a stranger (Z#2444)", in: mail("stranger@else.example"), f: tickets.MatchFacts{Tokens: []tickets.TokenFact{token(open1, tessa)}}, outcome: "unconfirmed", suggest: 1, reason: "no part"},
		{name: "token of the mother used by the father on the same case", in: mail(rob), f: tickets.MatchFacts{Tokens: []tickets.TokenFact{token(open1, tessa)}, Sender: senders{on(11, 1)}}, outcome: "join", ticket: 1, caseID: 1, check: func(r tickets.MatchResult) bool { return r.PersonID == 11 }},
		{name: "token by a parent of another case", in: mail("other@mail.example"), f: tickets.MatchFacts{Tokens: []tickets.TokenFact{token(open1, tessa)}, Sender: senders{on(12, 2)}}, outcome: "unconfirmed", suggest: 1},
		{name: "thread of a participant", in: mail(tessa), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(open1, tessa)}, Sender: senders{on(10, 1)}}, outcome: "join", ticket: 1, caseID: 1, reason: "a message of SEN-104001"},
		{name: "thread cited by a stranger (Z#5064)", in: mail("stranger@else.example"), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(open1, tessa)}}, outcome: "unconfirmed", suggest: 1},
		{name: "thread answered from another address of nobody (FS#2382)", in: mail("tessa.work@firm.example"), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(open1, tessa)}}, outcome: "unconfirmed", suggest: 1, check: func(r tickets.MatchResult) bool { return r.PersonID == 0 && r.CaseID == 0 }},
		{name: "thread cited by a party who never wrote there", in: mail("senco@school.example"), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(open1, tessa)}, Sender: senders{on(20, 1)}}, outcome: "join", ticket: 1, caseID: 1},
		{name: "token comes before thread", in: mail(tessa), f: tickets.MatchFacts{Tokens: []tickets.TokenFact{token(open1, tessa)}, Threads: []tickets.ThreadFact{thread(open2, tessa)}, Sender: senders{on(10, 1), on(10, 2)}}, outcome: "join", ticket: 1, caseID: 1},
		{name: "newest reference comes first", in: mail(tessa), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(open2, tessa), thread(open1, tessa)}, Sender: senders{on(10, 1), on(10, 2)}}, outcome: "join", ticket: 2, caseID: 2},
		{name: "first reference is not theirs, second is", in: mail(tessa), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(open2, "x@else.example"), thread(open1, tessa)}, Sender: senders{on(10, 1)}}, outcome: "join", ticket: 1, caseID: 1},
		{name: "siblings, the thread decides", in: mail(tessa), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(open2, tessa)}, Sender: senders{on(10, 1), on(10, 2)}}, outcome: "join", ticket: 2, caseID: 2},
		{name: "siblings, nothing decides", in: mail(tessa), f: tickets.MatchFacts{Sender: senders{on(10, 1), on(10, 2)}}, outcome: "triage", reason: "on several cases; a person has to say which"},
		{name: "siblings, the mail names one", in: mail(tessa, subject("about WM-2202")), f: tickets.MatchFacts{Sender: senders{on(10, 1), on(10, 2)}}, outcome: "triage", reason: "on several cases; a person has to say which"},
		{name: "one open case, one closed, same person", in: mail(tessa), f: tickets.MatchFacts{Sender: senders{on(10, 1), closed(on(10, 2))}}, outcome: "new", caseID: 1},
		{name: "only closed cases", in: mail(tessa), f: tickets.MatchFacts{Sender: senders{closed(on(10, 2))}}, outcome: "triage", reason: "not open"},
		{name: "one mailbox, people of different open cases", in: mail(tessa), f: tickets.MatchFacts{Sender: senders{on(10, 1), on(30, 2)}}, outcome: "triage", reason: "several people"},
		{name: "one mailbox, another family's case is closed", in: mail(tessa), f: tickets.MatchFacts{Sender: senders{on(10, 1), closed(on(30, 2))}}, outcome: "triage", reason: "shared"},
		{name: "both parents share a mailbox on one case", in: mail(tessa), f: tickets.MatchFacts{Sender: senders{on(10, 1), on(11, 1)}}, outcome: "new", caseID: 1, check: func(r tickets.MatchResult) bool { return r.PersonID == 0 && r.KnownSender }},
		{name: "shared mailbox in a thread of one of them", in: mail(tessa), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(open1, tessa)}, Sender: senders{on(11, 1), on(10, 1)}}, outcome: "join", ticket: 1, caseID: 1, check: func(r tickets.MatchResult) bool { return r.PersonID == 10 }},
		{name: "known sender, one case", in: mail(tessa), f: tickets.MatchFacts{Sender: senders{on(10, 1)}}, outcome: "new", caseID: 1, reason: "one open case, WM-2201", check: func(r tickets.MatchResult) bool { return r.PersonID == 10 && !r.Chaser }},
		{name: "known sender, a new matter while one waits", in: mail(tessa), f: tickets.MatchFacts{Sender: senders{on(10, 1, open1)}}, outcome: "new", caseID: 1},
		{name: "chaser joins the one that waits", in: mail(tessa, saying("I am STILL waiting, any update?")), f: tickets.MatchFacts{Sender: senders{on(10, 1, open1)}}, outcome: "join", ticket: 1, caseID: 1, reason: "asks again", check: func(r tickets.MatchResult) bool { return r.Chaser }},
		{name: "chaser by subject", in: mail(tessa, subject("Third email!!")), f: tickets.MatchFacts{Sender: senders{on(10, 1, open1)}}, outcome: "join", ticket: 1, caseID: 1},
		{name: "chaser with two waiting", in: mail(tessa, saying("still waiting")), f: tickets.MatchFacts{Sender: senders{on(10, 1, open1, ticket(6, 1, tickets.StateOpen))}}, outcome: "new", caseID: 1},
		{name: "chaser, but theirs was answered", in: mail(tessa, saying("still waiting")), f: tickets.MatchFacts{Sender: senders{on(10, 1, ticket(6, 1, tickets.StateAnswered))}}, outcome: "new", caseID: 1},
		{name: "chaser does not join the other parent's", in: mail(tessa, saying("still waiting")), f: tickets.MatchFacts{Sender: senders{on(10, 1, others)}}, outcome: "new", caseID: 1},
		{name: "subject with the reference alone does not join", in: mail("stranger@else.example", subject("Re: [SEN-104001] Your enquiry")), outcome: "triage", reason: "Nobody is recorded"},
		{name: "subject with the reference, known sender: new, not joined", in: mail(tessa, subject("Re: [SEN-104001] Your enquiry")), f: tickets.MatchFacts{Sender: senders{on(10, 1, open1)}}, outcome: "new", caseID: 1},
		{name: "finished yesterday", in: mail(tessa), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(finished(1, 1, 1), tessa)}, Sender: senders{on(10, 1)}}, outcome: "reopen", ticket: 1, caseID: 1, reason: "opens again"},
		{name: "finished exactly 30 days ago", in: mail(tessa), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(finished(1, 1, 30), tessa)}, Sender: senders{on(10, 1)}}, outcome: "reopen", ticket: 1, caseID: 1},
		{name: "finished 31 days ago", in: mail(tessa), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(finished(1, 1, 31), tessa)}, Sender: senders{on(10, 1)}}, outcome: "new", caseID: 1, reason: "more than 30 days"},
		{name: "finished long ago, cited by a stranger", in: mail("new@phone.example"), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(finished(1, 1, 200), tessa)}}, outcome: "unconfirmed", suggest: 1},
		{name: "merged", in: mail(tessa), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(merged, tessa)}, Sender: senders{on(10, 1)}, Merged: map[int64]tickets.Ticket{3: open1}}, outcome: "join", ticket: 1, caseID: 1, reason: "part of SEN-104001"},
		{name: "merged into something finished long ago", in: mail(tessa), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(merged, tessa)}, Sender: senders{on(10, 1)}, Merged: map[int64]tickets.Ticket{3: finished(1, 1, 90)}}, outcome: "new", caseID: 1},
		{name: "merged, target unknown", in: mail(tessa), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(merged, tessa)}, Sender: senders{on(10, 1)}}, outcome: "unconfirmed", suggest: 3},
		{name: "set aside before", in: mail(tessa), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(ticket(1, 0, tickets.StateNotOurs), tessa)}}, outcome: "unconfirmed", suggest: 1},
		{name: "answer to a receipt joins the unsorted mail", in: mail(tessa), f: tickets.MatchFacts{Tokens: []tickets.TokenFact{token(unsorted, tessa)}}, outcome: "join", ticket: 5},
		{name: "stranger on an unsorted mail", in: mail("stranger@else.example"), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(unsorted, tessa)}}, outcome: "unconfirmed", suggest: 5},
		{name: "unknown sender", in: mail("stranger@else.example"), outcome: "triage", reason: "not checked", check: func(r tickets.MatchResult) bool { return !r.KnownSender }},
		{name: "no-contact person in a fresh mail", in: mail(rob), f: tickets.MatchFacts{Sender: senders{banned(on(11, 1))}}, outcome: "new", caseID: 1, check: func(r tickets.MatchResult) bool { return r.NoContact }},
		{name: "no-contact person in a thread", in: mail(rob), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(open1, tessa)}, Sender: senders{banned(on(11, 1))}}, outcome: "join", ticket: 1, caseID: 1, check: func(r tickets.MatchResult) bool { return r.NoContact }},
		{name: "no-contact on one of two cases", in: mail(rob), f: tickets.MatchFacts{Sender: senders{on(11, 1), banned(on(11, 2))}}, outcome: "triage", check: func(r tickets.MatchResult) bool { return r.NoContact }},
		{name: "colleague answers a notice", in: mail("dean@westmarsh.example"), f: tickets.MatchFacts{Staff: staff, Threads: []tickets.ThreadFact{notice(thread(open1, "dean@westmarsh.example"))}}, outcome: "staff_note", ticket: 1, caseID: 1},
		{name: "colleague answers a parent's mail in copy", in: mail("dean@westmarsh.example"), f: tickets.MatchFacts{Staff: staff, Threads: []tickets.ThreadFact{thread(open1, tessa)}}, outcome: "staff_note", ticket: 1, caseID: 1},
		{name: "colleague writes afresh", in: mail("dean@westmarsh.example"), f: tickets.MatchFacts{Staff: staff}, outcome: "triage", reason: "colleague"},
		{name: "colleague who is a parent on a case", in: mail("dean@westmarsh.example"), f: tickets.MatchFacts{Staff: staff, Sender: senders{on(40, 2)}, Threads: []tickets.ThreadFact{thread(open2, "dean@westmarsh.example")}}, outcome: "unconfirmed", suggest: 2, reason: "member of staff who is also"},
		{name: "stranger answers a notice", in: mail("stranger@else.example"), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{notice(thread(open1, "dean@westmarsh.example"))}}, outcome: "unconfirmed", suggest: 1},
		{name: "a parent answers a notice that a colleague passed on", in: mail(tessa), f: tickets.MatchFacts{Threads: []tickets.ThreadFact{notice(thread(open1, "dean@westmarsh.example"))}, Sender: senders{on(10, 1)}}, outcome: "unconfirmed", suggest: 1},
		{name: "account shut", in: mail("dean@westmarsh.example"), f: tickets.MatchFacts{Staff: &register.Staff{ID: 7}, Threads: []tickets.ThreadFact{notice(thread(open1, "dean@westmarsh.example"))}}, outcome: "unconfirmed", suggest: 1},
		{name: "our own mailbox", in: mail(sen), f: tickets.MatchFacts{OwnAddress: true}, outcome: "suppress"},
		{name: "no sender", in: mail(""), f: tickets.MatchFacts{}, outcome: "triage", reason: "does not say"},
		{name: "two senders", in: mail(tessa, func(in *tickets.Inbound) {
			in.Senders = append(in.Senders, tickets.MailAddress{Email: rob})
		}), f: tickets.MatchFacts{Sender: senders{on(10, 1)}}, outcome: "triage", reason: "more than one sender"},
		{name: "DMARC fails in a thread", in: mail(tessa, dmarc("mx.westmarsh.example", "fail")), s: trusted, f: tickets.MatchFacts{Threads: []tickets.ThreadFact{thread(open1, tessa)}, Sender: senders{on(10, 1)}}, outcome: "unconfirmed", suggest: 1, reason: "does not come from", check: func(r tickets.MatchResult) bool { return r.AuthFailed }},
		{name: "DMARC fails, fresh mail of a known sender", in: mail(tessa, dmarc("mx.westmarsh.example", "fail")), s: trusted, f: tickets.MatchFacts{Sender: senders{on(10, 1)}}, outcome: "unconfirmed", reason: "could not be confirmed"},
		{name: "DMARC passes", in: mail(tessa, dmarc("MX.westmarsh.example", "pass")), s: trusted, f: tickets.MatchFacts{Sender: senders{on(10, 1)}}, outcome: "new", caseID: 1, reason: "confirmed the sender's domain"},
		{name: "no result of the trusted server", in: mail(tessa), s: trusted, f: tickets.MatchFacts{Sender: senders{on(10, 1)}}, outcome: "unconfirmed", reason: "left no result"},
		{name: "a result of some other server", in: mail(tessa, dmarc("mx.evil.example", "pass")), s: trusted, f: tickets.MatchFacts{Sender: senders{on(10, 1)}}, outcome: "unconfirmed", reason: "left no result"},
		{name: "temporary error of the check", in: mail(tessa, dmarc("mx.westmarsh.example", "temperror")), s: trusted, f: tickets.MatchFacts{Sender: senders{on(10, 1)}}, outcome: "unconfirmed"},
		{name: "domain without a policy", in: mail(tessa, dmarc("mx.westmarsh.example", "none")), s: trusted, f: tickets.MatchFacts{Sender: senders{on(10, 1)}}, outcome: "new", caseID: 1},
		{name: "imported mail without a result", in: mail(tessa), s: tickets.MatchSettings{AuthServerID: "mx.westmarsh.example", History: true}, f: tickets.MatchFacts{Sender: senders{on(10, 1)}}, outcome: "new", caseID: 1},
		{name: "forged colleague", in: mail("dean@westmarsh.example", dmarc("mx.westmarsh.example", "fail")), s: trusted, f: tickets.MatchFacts{Staff: staff, Threads: []tickets.ThreadFact{notice(thread(open1, "dean@westmarsh.example"))}}, outcome: "unconfirmed", suggest: 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.s.ReopenDays, tc.s.ReceivedAt = 30, noon
			tc.s.ChaserWords = tickets.NewWordList(tickets.DefaultSettings().ChaserWords)
			for range 2 { // maps inside must not make it a matter of luck
				r := tickets.Match(tc.in, tc.f, tc.s)
				if r.Outcome != tc.outcome || r.TicketID != tc.ticket || r.CaseID != tc.caseID || r.SuggestedID != tc.suggest {
					t.Fatalf("got %s ticket %d case %d suggested %d (%s); want %s %d %d %d", r.Outcome, r.TicketID, r.CaseID, r.SuggestedID, r.Reason, tc.outcome, tc.ticket, tc.caseID, tc.suggest)
				}
				if !strings.Contains(r.Reason, tc.reason) {
					t.Errorf("reason %q does not say %q", r.Reason, tc.reason)
				}
				if tc.check != nil && !tc.check(r) {
					t.Errorf("wrong: %+v", r)
				}
			}
		})
	}
}

func TestKeysOf(t *testing.T) {
	own := []tickets.Mailbox{{ID: 1, Address: "SEN@westmarsh.example"}}
	in := mail(tessa, subject("WM-2201 and wm-1 and WM-2201"), func(in *tickets.Inbound) {
		in.To = []tickets.MailAddress{{Email: "sen+k4tokentokentokentoken@Westmarsh.example"}, {Email: "other+nope@else.example"}}
		in.Cc = []tickets.MailAddress{{Email: "senior+no@westmarsh.example"}}
		in.Delivered = []string{"sen+second@westmarsh.example", "SEN+K4tokentokentokentoken@westmarsh.example"}
		in.InReplyTo = []string{"<c@x>"}
		in.References = []string{"a@x", "b@x", "c@x"}
	})
	k := tickets.KeysOf(in, own)
	if got := strings.Join(k.Tokens, " "); got != "k4tokentokentokentoken second" {
		t.Errorf("tokens %q", got)
	}
	if got := strings.Join(k.MessageIDs, " "); got != "c@x b@x a@x" {
		t.Errorf("ids %q", got)
	}
	if got := strings.Join(k.CaseRefs, " "); got != "WM-2201" {
		t.Errorf("cases %q", got)
	}
	if k.Mailbox != tessa {
		t.Errorf("mailbox %q", k.Mailbox)
	}
	for range 60 {
		in.References = append(in.References, strings.Repeat("z", len(in.References))+"@x")
	}
	if n := len(tickets.KeysOf(in, own).MessageIDs); n != 50 {
		t.Errorf("%d ids are looked up", n)
	}
}
