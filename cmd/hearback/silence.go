package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"hearback/sla"
	"hearback/tickets"
)

const (
	silenceEvery  = 10 * time.Minute
	silenceDays   = 28   // of which the usual rhythm is learnt
	silenceMails  = 40   // fewer say nothing about a rhythm
	silenceFactor = 4    // times the gap that 95 of 100 do not exceed
	silenceLines  = 5000 // of the ledger that are looked at
	silenceLeast  = 2 * time.Hour
)

// silence is what the arrivals of a mailbox say about its being quiet.
type silence struct {
	Quiet bool
	Gap   time.Duration // office time since the last mail
	Usual time.Duration // 95 of 100 gaps in office hours are not longer
	Last  time.Time     // arrival of the last mail
}

// silenceOf says whether a mailbox is silent that usually is not: somebody may
// have set up a forward or a rule that takes its mail away, which no error ever
// tells. Gaps are counted in office time, so that no night and no bank holiday
// counts; mail that comes at night says nothing about the day and ends no gap.
func silenceOf(cal *sla.Calendar, arrivals []time.Time, now time.Time) (silence, error) {
	var times []time.Time
	from := now.AddDate(0, 0, -silenceDays)
	for _, t := range arrivals {
		if !t.Before(from) && !t.After(now) {
			times = append(times, t)
		}
	}
	if len(times) < silenceMails {
		return silence{}, nil
	}
	slices.SortFunc(times, time.Time.Compare)
	var gaps []time.Duration
	for i := 1; i < len(times); i++ {
		if !cal.IsOpen(times[i]) {
			continue
		}
		gap, err := cal.WorkingTime(times[i-1], times[i])
		if err != nil {
			return silence{}, err
		}
		gaps = append(gaps, gap)
	}
	s := silence{Last: times[len(times)-1]}
	var err error
	if s.Gap, err = cal.WorkingTime(s.Last, now); err != nil || len(gaps) < silenceMails/2 {
		return s, err
	}
	slices.Sort(gaps)
	s.Usual = gaps[int(math.Ceil(0.95*float64(len(gaps))))-1] // nearest rank
	s.Quiet = s.Gap > silenceLeast && s.Gap > silenceFactor*s.Usual
	return s, nil
}

// silenceLoop looks at the inboxes that this program reads.
func (a *App) silenceLoop(ctx context.Context) {
	ticker := time.NewTicker(silenceEvery)
	defer ticker.Stop()
	for {
		if err := a.silenceOnce(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("mail", "event", "silence_failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (a *App) silenceOnce(ctx context.Context) error {
	now, err := a.now(ctx)
	if err != nil {
		return err
	}
	for _, f := range a.folders {
		if f.kind != tickets.FolderInbox || !f.lease.mine() {
			continue
		}
		m := a.mailboxes[f.box]
		arrivals, err := a.store.Arrivals(ctx, m.ID, f.poller.Status().Folder, silenceLines)
		if err != nil {
			return err
		}
		s, err := silenceOf(a.desk.Calendar(), arrivals, now)
		if err != nil {
			return err
		}
		text := ""
		if s.Quiet {
			// Without the length of the gap: a text that changes all the time would be news all the time.
			text = fmt.Sprintf("Mailbox %s is unusually silent: the last mail came on %s. Look whether mail still reaches it.", m.Name, sla.FormatShort(s.Last))
		}
		if a.watch.warn("silence of "+m.Name, text) {
			a.events.Publish("mailbox.state", "")
			if s.Quiet {
				a.log.Warn("mail", "event", "mailbox_silent", "mailbox", m.Name, "office_time", s.Gap.Round(time.Minute), "usual", s.Usual.Round(time.Minute))
			}
		}
	}
	return nil
}
