package main

import (
	"context"
	"log/slog"
	"time"

	"hearback/mailbox/outbound"
	"hearback/mailbox/parse"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web"
)

const (
	mailingEvery = 5 * time.Second // at the latest; a page that makes a list wakes it
	mailingBatch = 100             // lines that are checked before the next look at what else there is
)

// mailingLoop has the check look at the letters of mailings, and queues those that
// were approved, at their pace. One program at a time does.
func (a *App) mailingLoop(ctx context.Context) {
	ticker := time.NewTicker(mailingEvery)
	defer ticker.Stop()
	for {
		more, err := a.mailingStep(ctx)
		if err != nil && ctx.Err() == nil {
			a.log.Error("mail", "event", "mailing_failed", "error", err)
		}
		if more && err == nil && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-a.mailings:
		}
	}
}

// mailingStep is one step; more says that there is something to do at once.
func (a *App) mailingStep(ctx context.Context) (more bool, err error) {
	if alone, err := a.sweepLease.alone(ctx); err != nil || !alone {
		return false, err
	}
	now, err := a.now(ctx)
	if err != nil {
		return false, err
	}
	queued, err := a.desk.QueueMailings(ctx, outbound.Digest, now)
	if queued > 0 {
		a.wakeUp()
		a.log.LogAttrs(ctx, slog.LevelInfo, "mail", slog.String("event", "mailing_queued"), slog.Int("letters", queued))
	}
	if err != nil {
		return false, err
	}
	work, err := a.desk.MailingsToCheck(ctx, mailingBatch, now)
	for _, x := range work {
		if ctx.Err() != nil {
			return false, nil
		}
		if err := a.checkMailing(ctx, x, now); err != nil {
			return false, err
		}
	}
	return len(work) > 0, err
}

// checkMailing asks the check about one line, in its author's name: what the author
// may not see is not made.
func (a *App) checkMailing(ctx context.Context, x tickets.MailingWork, now time.Time) error {
	v := tickets.MailingVerdict{MailingID: x.MailingID, LetterID: x.LetterID}
	author, err := a.store.ActorOf(ctx, x.AuthorID)
	var r web.MailingReview
	if err == nil {
		r, err = mailingReview{a}.MailingLetter(ctx, author, x.MailingID, x.LetterID, now)
	}
	switch fault.KindOf(err) {
	case fault.Refused, fault.Denied, fault.NotFound, fault.Invalid:
		if v.Refused = fault.SafeText(err); v.Refused == "" {
			v.Refused = "This letter cannot be made"
		}
	default:
		if err != nil {
			return err // the facts cannot be read just now: the line waits
		}
		v = r.Said(x.MailingID, x.LetterID)
	}
	return a.desk.MailingJudged(ctx, v, now)
}

// mailingReview lets the pages make and check one letter of a mailing.
type mailingReview struct{ a *App }

// MailingLetter implements web.Mailings.
func (r mailingReview) MailingLetter(ctx context.Context, actor access.Actor, mailingID, letterID int64, now time.Time) (web.MailingReview, error) {
	claim, bound, err := r.a.desk.MailingClaim(ctx, actor, mailingID, letterID, now)
	if err != nil {
		return web.MailingReview{}, err
	}
	verdict, _, err := r.a.dispatcher.Review(ctx, claim, now)
	if err != nil {
		return web.MailingReview{}, err
	}
	if verdict.Findings, err = r.a.forReader(ctx, claim, verdict.Findings); err != nil {
		return web.MailingReview{}, err
	}
	raw, err := r.a.dispatcher.Previews(claim, now)
	if err != nil {
		return web.MailingReview{}, err
	}
	out := web.MailingReview{Verdict: verdict, Bound: bound}
	if len(raw) == 1 {
		dl := claim.Letter.Deliveries[0]
		out.Copy = web.Copy{PersonID: dl.PersonID, Name: dl.Name, To: dl.Email, Letter: *parse.Message(raw[0], parse.Options{})}
		out.Copy.HTML, _ = mailReader{}.SafeHTML(raw[0])
	}
	return out, nil
}

// Check implements web.Mailings: lists are looked at at once.
func (r mailingReview) Check() {
	select {
	case r.a.mailings <- struct{}{}:
	default:
	}
}
