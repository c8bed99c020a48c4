package tickets

import "context"

// ledgerPlace is where the server showed a mail.
type ledgerPlace struct {
	mailbox  int64
	folder   string
	validity uint32
	uid      uint32
}

func (r Received) place() ledgerPlace {
	return ledgerPlace{r.MailboxID, r.Folder, r.UIDValidity, r.UID}
}

// ledgerOf finds out which places of a batch have a line: one question for a
// folder instead of one for each mail, since nearly all of them are new.
func (w *work) ledgerOf(ctx context.Context, batch []Received) (map[ledgerPlace]bool, error) {
	type span struct{ from, to uint32 }
	folders := map[ledgerPlace]span{}
	for _, r := range batch {
		f := r.place()
		f.uid = 0
		s, ok := folders[f]
		if !ok {
			s = span{r.UID, r.UID}
		}
		folders[f] = span{min(s.from, r.UID), max(s.to, r.UID)}
	}
	known := map[ledgerPlace]bool{}
	for f, s := range folders {
		uids, err := w.tx.LedgerLines(ctx, f.mailbox, f.folder, f.validity, s.from, s.to)
		if err != nil {
			return nil, err
		}
		for _, uid := range uids {
			f.uid = uid
			known[f] = true
		}
	}
	return known, nil
}
