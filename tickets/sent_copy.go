package tickets

import (
	"context"
	"time"
)

// SentCopyDelay is how long after a mail server took a letter its copy is filed: a
// server that keeps copies itself has its own there by then.
const SentCopyDelay = 30 * time.Second

// fileCopy queues the copy of a sent letter for the Sent folder of its mailbox, when
// the settings want one. Notices and letters about accounts stay out of it: a link
// that signs somebody in has no place in a folder that a whole team reads.
func (w *work) fileCopy(ctx context.Context, o *Outgoing, dl *Delivery) error {
	if o.Purpose == PurposeNotice || o.Purpose == PurposeAccount || o.MailboxID == 0 || len(w.d.s.SentCopies) == 0 {
		return nil
	}
	m, err := w.tx.MailboxByID(ctx, o.MailboxID)
	if err != nil || !w.d.s.SentCopies[m.Name] {
		return err
	}
	return w.tx.InsertSentCopy(ctx, &SentCopy{
		DeliveryID: dl.ID, MailboxID: m.ID, State: SentCopyWaiting, NextAt: w.now.Add(SentCopyDelay), CreatedAt: w.now, UpdatedAt: w.now,
	})
}
