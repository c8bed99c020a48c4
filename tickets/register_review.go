package tickets

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/register"
)

// The templates of notices about a case's record. They belong to no enquiry.
const (
	TemplateReview    = "notice_review"    // a restriction's review date, or the day for its evidence, has passed
	TemplateAuthority = "notice_authority" // a written authority ends soon, or has ended
	TemplateYoung     = "notice_young"     // a child is about to be a young person, or is one, and nobody has asked
)

// authorityDays are how long before its last day the end of an authority is told.
func authorityDays() []int { return []int{30, 7, 0} }

// ReviewDue tells the named officer and the team lead what is due about the records
// of cases, each thing once: a restriction whose review date has passed, an
// authority that ends in 30 days, in 7, today; a young person whom nobody has asked,
// twelve months before the switch and at it. Nothing ends by it. What finds nobody to
// tell is told when there is somebody. It returns how many things were told.
func (d *Desk) ReviewDue(ctx context.Context, now time.Time) (int, error) {
	if !d.s.live(now) || !d.s.NoticesAnyHour && !d.Calendar().IsOpen(now) {
		return 0, nil
	}
	today := localDate(now)
	due, err := d.reviews(ctx, today)
	if err != nil {
		return 0, err
	}
	told := 0
	var failed []error
	for _, x := range due {
		fresh, err := d.tellOfCase(ctx, x, now)
		if err != nil {
			// One case that cannot be read must not keep the others waiting.
			failed = append(failed, fmt.Errorf("%s: %w", x.key, err))
		}
		if fresh {
			told++
		}
		if ctx.Err() != nil {
			break
		}
	}
	return told, errors.Join(failed...)
}

// caseNotice is one thing to tell about the record of a case.
type caseNotice struct {
	key      string // told once
	caseID   int64
	template string
	on       string // the local date that it is about
}

// reviews lists what is due on a local date.
func (d *Desk) reviews(ctx context.Context, today string) ([]caseNotice, error) {
	var out []caseNotice
	restrictions, err := d.store.RestrictionsToReview(ctx, access.System("review"), today)
	if err != nil {
		return nil, err
	}
	for _, r := range restrictions {
		out = append(out, caseNotice{fmt.Sprintf("restriction:%d:%s", r.ID, r.ReviewBy), r.CaseID, TemplateReview, r.ReviewBy})
	}
	authorities, err := d.store.AuthoritiesEnding(ctx, daysAfter(today, authorityDays()[0]))
	if err != nil {
		return nil, err
	}
	for _, r := range authorities {
		nearest := authorityDays()[0]
		for _, n := range authorityDays() {
			if r.ExpiresOn <= daysAfter(today, n) {
				nearest = n
			}
		}
		out = append(out, caseNotice{fmt.Sprintf("authority:%d:%s:%d", r.ID, r.ExpiresOn, nearest), r.CaseID, TemplateAuthority, r.ExpiresOn})
	}
	// Nobody under 14 is within twelve months of the switch.
	cases, err := d.store.CasesNotAsked(ctx, daysAfter(today, -14*365))
	if err != nil {
		return nil, err
	}
	for _, c := range cases {
		from, ok := register.YoungPersonFrom(c.DOB)
		switch {
		case !ok:
		case from <= today:
			out = append(out, caseNotice{fmt.Sprintf("young:%d:%s:now", c.ID, from), c.ID, TemplateYoung, from})
		case register.AskYoungPersonFrom(from) <= today:
			out = append(out, caseNotice{fmt.Sprintf("young:%d:%s:soon", c.ID, from), c.ID, TemplateYoung, from})
		}
	}
	return out, nil
}

func daysAfter(day string, n int) string {
	t, err := time.Parse("2006-01-02", day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, n).Format("2006-01-02")
}

// tellOfCase queues a notice to whoever answers for a case and to the team lead, in
// one transaction with the mark that it was told.
func (d *Desk) tellOfCase(ctx context.Context, n caseNotice, now time.Time) (fresh bool, err error) {
	err = d.write(ctx, access.System("review"), now, func(w *work) error {
		c, err := w.tx.CaseByID(ctx, n.caseID)
		if err != nil || !c.Open {
			return err
		}
		box, err := w.mailboxOf(ctx, c)
		if err != nil {
			return err
		}
		t := &Ticket{CaseID: c.ID, TeamID: c.TeamID, MailboxID: box}
		officers, err := w.answering(ctx, t)
		if err != nil {
			return err
		}
		leads, err := w.lead(ctx, t)
		if err != nil {
			return err
		}
		people := merge(officers, leads)
		if len(people) == 0 || box == 0 {
			return nil
		}
		if fresh, err = w.tx.TakeAlarm(ctx, n.key, w.now); err != nil || !fresh {
			return err
		}
		for _, s := range people {
			o := &Outgoing{
				CaseID: c.ID, MailboxID: box, Purpose: PurposeNotice, Template: n.template, Subject: n.subject(c),
				Fields: map[string]string{
					FieldRef: c.Ref, FieldInitials: c.Initials(), FieldCouncil: d.s.CouncilName, FieldDue: spoken(n.on), FieldLink: d.s.caseLink(c.Ref),
				},
			}
			w.automatic(o)
			if err := w.queue(ctx, o, []recipient{{staffID: s.ID, name: s.Name, email: s.Email}}); err != nil {
				return err
			}
		}
		return nil
	})
	return fresh && err == nil, err
}

func (n caseNotice) subject(c *register.Case) string {
	what := c.Ref + " (" + c.Initials() + ")"
	switch n.template {
	case TemplateReview:
		return "To be reviewed: " + what
	case TemplateAuthority:
		return "Written authority ends: " + what
	}
	return "To be asked: " + what
}

// mailboxOf is the mailbox that a notice about a case leaves by: its team's, or the
// first; 0 when there is none.
func (w *work) mailboxOf(ctx context.Context, c *register.Case) (int64, error) {
	all, err := w.tx.Mailboxes(ctx)
	if err != nil {
		return 0, err
	}
	first := int64(0)
	for _, m := range all {
		if m.TeamID == c.TeamID {
			return m.ID, nil
		}
		if first == 0 {
			first = m.ID
		}
	}
	return first, nil
}

// caseLink is where staff see a case.
func (s Settings) caseLink(ref string) string {
	return strings.TrimSuffix(s.BaseURL, "/") + "/c/" + url.PathEscape(ref)
}
