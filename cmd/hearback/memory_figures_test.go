package main

import (
	"testing"
	"time"

	"hearback/mailbox/mailtest"
	"hearback/tickets"
)

// TestFiguresMemory: what one attachment of 25 MB costs beside ordinary mail.
func TestFiguresMemory(t *testing.T) {
	mailtest.Figures(t)
	runs := size(t, "RUNS", 3)
	binary := buildBinary(t)
	families := mailtest.Families(41, 60)
	o := mailtest.Lifelike()
	o.Mailbox, o.Families = sen, families
	o.Start, o.Gap = time.Now().UTC().Add(-3*time.Hour), 20*time.Second
	const n = 400
	var without, with []float64
	for range runs {
		for _, large := range []bool{false, true} {
			h := still(t, plan{mode: tickets.ModeHold, maxMB: 100}, families, mailtest.Dovecot(t), nil)
			mails := mailtest.GenerateAll(41, n, o)
			if large {
				raw := huge(25<<20*78/57, "large@family.example", "large@family.example", "word") // 25 MB as base64 with its line ends
				mails = append(mails, mailtest.Mail{Raw: raw, Truth: mailtest.Truth{Received: time.Now().Add(-time.Minute)}})
			}
			h.dovecot.Seed(t, h.user, "INBOX", mails)
			peak := peakOf(t, h, binary, len(mails))
			if large {
				with = append(with, peak)
			} else {
				without = append(without, peak)
			}
		}
	}
	t.Logf("peak memory, %d mails:               %4.0f MB (median of %.0f)", n, median(without), without)
	t.Logf("with an attachment of 25 MB beside: %4.0f MB (median of %.0f)", median(with), with)
	t.Logf("the attachment costs:               %4.0f MB (aim: under 40)", median(with)-median(without))
}
