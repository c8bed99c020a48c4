package tickets

import (
	"context"
	"strings"
	"time"

	"hearback/tickets/register"
)

// incoming is one human mail on its way onto a ticket.
type incoming struct {
	r     Received
	in    *Inbound
	match MatchResult
	from  string // the sender's mailbox, folded
	// messageID is the stored message, which the acknowledgement answers.
	messageID int64
	// party is the sender's place on the ticket's case; only when onCase.
	party  register.Party
	onCase bool
	opened bool // the ticket is new
	chaser bool // they ask again while they wait

	rawID int64
	own   []Mailbox
	facts MatchFacts
	// since is when whoever wrote began to wait: when the server took the mail, or
	// earlier when somebody passed it on to us.
	since time.Time
	// Hints for whoever sorts the mail; never facts.
	suggestedPerson int64
	suggestedSender string
	// answered: somebody has written to them already, by another program.
	answered bool
	// woken: imported mail of late opened a finished, imported enquiry again.
	woken bool
}

// acknowledge queues the automatic answer to one mail, or records why there is
// none; it gives the letter's id, or 0. At most one goes to a sender for a ticket in 24 hours; the loop stops
// here whatever the other side does (RFC 3834 section 2).
func (w *work) acknowledge(ctx context.Context, t *Ticket, m incoming, clock *TicketClock) (int64, error) {
	why, err := w.noAck(ctx, t, m, clock)
	if err != nil {
		return 0, err
	}
	template := TemplateReceipt
	if why == "" && t.CaseID != 0 {
		template, why, err = w.ackTemplate(ctx, t, m)
		if err != nil {
			return 0, err
		}
	}
	if why != "" {
		_, err := w.event(ctx, t, EvAckSkipped, map[string]any{"reason": why})
		return 0, err
	}
	fields := w.helpFields()
	if template != TemplateReceipt && template != TemplateNeutral {
		if fields, err = w.ackFields(ctx, t, clock); err != nil {
			return 0, err
		}
	}
	return w.queueAck(ctx, t, m, template, fields)
}

// queueAck puts one automatic letter to whoever wrote m into the outbox.
func (w *work) queueAck(ctx context.Context, t *Ticket, m incoming, template string, fields map[string]string) (int64, error) {
	o := &Outgoing{TicketID: t.ID, CaseID: t.CaseID, MailboxID: t.MailboxID, AnswersID: m.messageID, Template: template, Fields: fields}
	text, err := w.wordsFor(ctx, template, o.Fields)
	if err != nil {
		return 0, err
	}
	to := recipient{email: m.in.From.Email}
	if template == TemplateReceipt || template == TemplateNeutral {
		o.Purpose, o.Subject = PurposeReceipt, text.Subject // no reference, no date, nothing of a case
	} else {
		o.Purpose, o.Subject = PurposeAck, "["+t.Ref+"] "+text.Subject
		if m.onCase {
			to.personID, to.name = m.party.Person.ID, m.party.Person.Name
		}
	}
	w.automatic(o)
	if err := w.queue(ctx, o, []recipient{to}); err != nil {
		return 0, err
	}
	w.sent[o.MailboxID]++
	_, err = w.event(ctx, t, EvAckQueued, map[string]any{"outgoing_id": o.ID, "purpose": string(o.Purpose), "template": template})
	return o.ID, err
}

// Why no automatic answer is sent. These are codes in the history; screens have
// words for them.
const (
	SkipHistory     = "history"     // imported, or received before go-live
	SkipRestored    = "restored"    // received before a restore: it may have been answered
	SkipAutomatic   = "automatic"   // a machine wrote it, or may have
	SkipNoContact   = "no_contact"  // we must not write to this person
	SkipUnconfirmed = "unconfirmed" // the sender may be forged
	SkipAnswered    = "answered"    // a person has answered already, outside hearback
	SkipOwn         = "own"         // our own or a colleague's address
	SkipAddress     = "address"     // no address that an answer could go to
	SkipRobot       = "robot"       // no-reply, mailer-daemon and the like
	SkipRecent      = "recent"      // answered in the last 24 hours
	SkipNoDate      = "no_date"     // no date can be named: the calendar ends
	SkipSenderCap   = "sender_cap"  // this sender has had too many in 24 hours
	SkipNeutral     = "neutral"     // nothing may be said to them but that we have it
	SkipMailboxCap  = "mailbox_cap" // our mailbox has sent too many in an hour
)

// noAck is why a mail gets no automatic answer; "" when it gets one.
func (w *work) noAck(ctx context.Context, t *Ticket, m incoming, clock *TicketClock) (string, error) {
	s := w.d.s
	switch {
	case m.r.History || !s.live(m.r.ReceivedAt) || !s.live(w.now):
		return SkipHistory, nil
	case m.r.ReceivedAt.Before(s.RestoredAt):
		return SkipRestored, nil
	case m.in.Kind != KindHuman || m.in.AutoHeader || awayAlone(m.in.Subject):
		return SkipAutomatic, nil
	case m.answered:
		return SkipAnswered, nil
	case m.match.NoContact:
		return SkipNoContact, nil
	case m.match.AuthFailed || len(m.in.Senders) > 1:
		return SkipUnconfirmed, nil
	case m.r.FolderKind == FolderJunk && !confirmedByServer(m.in.Auth, s.TrustedAuth[mailboxName(m.own, m.r.MailboxID)]):
		// A filter took it for spam: without proof of who wrote it, the answer
		// might go to somebody who wrote nothing.
		return SkipUnconfirmed, nil
	case !plainAddress(m.in.From.Email):
		return SkipAddress, nil
	case robotLike(m.from):
		return SkipRobot, nil
	case t.CaseID != 0 && clock.DueDay.IsZero():
		return SkipNoDate, nil
	}
	for _, d := range w.d.staffDomains() {
		// A colleague who is not on the case needs no receipt; one who is on it as
		// a parent does.
		if domainOf(m.from) == d && m.match.PersonID == 0 {
			return SkipOwn, nil
		}
	}
	if m.facts.Staff != nil {
		return SkipOwn, nil
	}
	if m.onCase && m.party.Link.NoContact {
		return SkipNoContact, nil
	}
	return w.caps(ctx, t, m)
}

func (w *work) caps(ctx context.Context, t *Ticket, m incoming) (string, error) {
	day := w.now.Add(-24 * time.Hour)
	if !m.opened {
		n, err := w.tx.AutomaticSince(ctx, m.from, t.ID, day)
		if err != nil {
			return "", err
		}
		if n > 0 {
			return SkipRecent, nil
		}
	}
	n, err := w.tx.AutomaticSince(ctx, m.from, 0, day)
	if err != nil {
		return "", err
	}
	if n >= w.d.s.AcksPerSender || t.CaseID == 0 && n > 0 {
		// A receipt says nothing new the second time, and each mail of an unknown
		// sender is a ticket of its own.
		return SkipSenderCap, nil
	}
	n, known := w.sent[t.MailboxID]
	if !known {
		if n, err = w.tx.AutomaticFromMailboxSince(ctx, t.MailboxID, w.now.Add(-time.Hour)); err != nil {
			return "", err
		}
		if w.sent == nil {
			w.sent = map[int64]int{}
		}
		w.sent[t.MailboxID] = n
	}
	if n >= w.d.s.AcksPerHour {
		return SkipMailboxCap, nil
	}
	return "", nil
}

// plainAddress reports whether an address is one that an automatic answer may
// go to: a plain dot-atom in ASCII (RFC 5321 section 4.1.2). What is merely
// legal, like a quoted local part, is left to a person.
func plainAddress(a string) bool {
	at := strings.LastIndexByte(a, '@')
	if at < 1 || at == len(a)-1 || len(a) > 254 || at > 64 {
		return false
	}
	local, domain := a[:at], a[at+1:]
	if strings.Trim(local, ".") != local || strings.Contains(local, "..") || !strings.Contains(domain, ".") {
		return false
	}
	for _, r := range local {
		if !alnum(r) && !strings.ContainsRune("!#$&'*+-/=?^_`{|}~.", r) {
			return false
		}
	}
	for _, label := range strings.Split(domain, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "-") != label {
			return false
		}
		for _, r := range label {
			if !alnum(r) && r != '-' {
				return false
			}
		}
	}
	return true
}

func alnum(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// awayAlone reports a subject that is nothing but what a mail program writes above
// an absence. A person may have typed it, so the mail is an enquiry all the same;
// but an answer would go to a machine.
func awayAlone(subject string) bool {
	switch fold(subject) {
	case "out of office", "out of the office", "ooo", "out of office message", "out of office notification", "out of office reply":
		return true
	}
	return false
}

// robotLike reports whether a sender's address is of the kind that no person
// reads.
func robotLike(mailbox string) bool {
	local, _, _ := strings.Cut(register.FoldMailbox(mailbox), "@")
	squeezed := strings.NewReplacer("-", "", "_", "", ".", "").Replace(local)
	for _, p := range []string{
		"noreply", "donotreply", "dontreply", "mailerdaemon", "postmaster", "bounce", "autoreply",
		"autoresponder", "listserv", "majordomo",
	} {
		if strings.HasPrefix(squeezed, p) {
			return true
		}
	}
	return strings.HasSuffix(squeezed, "noreply") || strings.HasSuffix(squeezed, "bounces") ||
		strings.HasPrefix(local, "owner-") || strings.HasSuffix(local, "-request") || strings.HasSuffix(local, "-owner")
}
