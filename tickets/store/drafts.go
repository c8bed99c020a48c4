package store

import (
	"context"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

var _ tickets.DraftStore = (*DB)(nil)

// draftRow is a row of drafts.
type draftRow struct {
	StaffID   int64   `db:"staff_id"`
	TicketID  int64   `db:"ticket_id"`
	AnswersID rowID   `db:"answers_id"`
	Subject   string  `db:"subject"`
	Words     string  `db:"words"`
	ToPeople  string  `db:"to_people"` // ids, as JSON
	AfterSend string  `db:"after_send"`
	Kept      bool    `db:"kept"`
	Rev       int64   `db:"rev"`
	UpdatedAt instant `db:"updated_at"`
}

// noteDraftRow is a row of note_drafts.
type noteDraftRow struct {
	StaffID   int64   `db:"staff_id"`
	TicketID  int64   `db:"ticket_id"`
	ForID     rowID   `db:"for_id"`
	Words     string  `db:"words"`
	Kept      bool    `db:"kept"`
	Rev       int64   `db:"rev"`
	UpdatedAt instant `db:"updated_at"`
}

// mayDraft: drafts belong to a person who may see the ticket and write what the
// draft is of.
func (r reader) mayDraft(ctx context.Context, a access.Actor, ticketID int64, need access.Permission) error {
	if !a.IsPerson() || !a.May(need) {
		return fault.New(fault.NotFound, "This does not exist")
	}
	return r.canSee(ctx, a, ticketID)
}

func otherTab() error {
	return fault.New(fault.Conflict, "This draft changed in another tab")
}

// DraftOf implements tickets.DraftStore.
func (db *DB) DraftOf(ctx context.Context, a access.Actor, ticketID int64) (*tickets.ReplyDraft, error) {
	if err := db.mayDraft(ctx, a, ticketID, access.SendReply); err != nil {
		return nil, err
	}
	d := &tickets.ReplyDraft{TicketID: ticketID}
	var row draftRow
	err := db.get(ctx, &row, db.q.DraftGet, a.StaffID, ticketID)
	if fault.Is(err, fault.NotFound) {
		return d, nil
	}
	if err != nil {
		return nil, err
	}
	d.Rev = row.Rev
	if !row.Kept {
		return d, nil
	}
	d.AnswersID, d.Subject, d.Text, d.AfterSend = int64(row.AnswersID), row.Subject, row.Words, tickets.State(row.AfterSend)
	d.SavedAt = row.UpdatedAt.time()
	return d, unpack(row.ToPeople, &d.To)
}

// SaveDraft implements tickets.DraftStore.
func (db *DB) SaveDraft(ctx context.Context, a access.Actor, d *tickets.ReplyDraft) (int64, error) {
	if err := d.Check(); err != nil {
		return 0, err
	}
	to, err := pack(d.To, len(d.To) == 0)
	if err != nil {
		return 0, err
	}
	row := draftRow{
		StaffID: a.StaffID, TicketID: d.TicketID, AnswersID: rowID(d.AnswersID), Subject: d.Subject, Words: d.Text,
		ToPeople: to, AfterSend: string(d.AfterSend), Kept: true, Rev: d.Rev, UpdatedAt: at(d.SavedAt),
	}
	return db.saveDraft(ctx, a, d.TicketID, access.SendReply, db.q.DraftPut, row)
}

// DropDraft implements tickets.DraftStore.
func (db *DB) DropDraft(ctx context.Context, a access.Actor, ticketID int64, now time.Time) error {
	return db.inTx(ctx, func(t *tx) error {
		if err := t.mayDraft(ctx, a, ticketID, access.SendReply); err != nil {
			return err
		}
		if err := t.FinishDraftFiles(ctx, a.StaffID, ticketID, now); err != nil {
			return err
		}
		_, err := t.execRow(ctx, db.q.DraftClear, draftRow{StaffID: a.StaffID, TicketID: ticketID, UpdatedAt: at(now)})
		return err
	})
}

// NoteDraftOf implements tickets.DraftStore.
func (db *DB) NoteDraftOf(ctx context.Context, a access.Actor, ticketID int64) (*tickets.NoteDraft, error) {
	if err := db.mayDraft(ctx, a, ticketID, access.WriteNotes); err != nil {
		return nil, err
	}
	d := &tickets.NoteDraft{TicketID: ticketID}
	var row noteDraftRow
	err := db.get(ctx, &row, db.q.NoteDraftGet, a.StaffID, ticketID)
	if fault.Is(err, fault.NotFound) {
		return d, nil
	}
	if err != nil {
		return nil, err
	}
	d.Rev = row.Rev
	if row.Kept {
		d.ForID, d.Text, d.SavedAt = int64(row.ForID), tickets.NewPrivateText(row.Words), row.UpdatedAt.time()
	}
	return d, nil
}

// SaveNoteDraft implements tickets.DraftStore.
func (db *DB) SaveNoteDraft(ctx context.Context, a access.Actor, d *tickets.NoteDraft) (int64, error) {
	if err := d.Check(); err != nil {
		return 0, err
	}
	row := noteDraftRow{
		StaffID: a.StaffID, TicketID: d.TicketID, ForID: rowID(d.ForID), Words: d.Text.ForStaff(), Kept: true, Rev: d.Rev,
		UpdatedAt: at(d.SavedAt),
	}
	return db.saveDraft(ctx, a, d.TicketID, access.WriteNotes, db.q.NoteDraftPut, row)
}

// DropNoteDraft implements tickets.DraftStore.
func (db *DB) DropNoteDraft(ctx context.Context, a access.Actor, ticketID int64, now time.Time) error {
	return db.dropDraft(ctx, a, ticketID, access.WriteNotes, db.q.NoteDraftClear,
		noteDraftRow{StaffID: a.StaffID, TicketID: ticketID, UpdatedAt: at(now)})
}

// saveDraft puts a row of either table; both statements end in "returning rev".
func (db *DB) saveDraft(ctx context.Context, a access.Actor, ticketID int64, need access.Permission, q query, row any) (rev int64, err error) {
	err = db.inTx(ctx, func(t *tx) error {
		if err := t.mayDraft(ctx, a, ticketID, need); err != nil {
			return err
		}
		var put bool
		if rev, put, err = t.insertRow(ctx, q, row); err != nil {
			return err
		}
		if !put {
			return otherTab()
		}
		return nil
	})
	return rev, err
}

func (db *DB) dropDraft(ctx context.Context, a access.Actor, ticketID int64, need access.Permission, q query, row any) error {
	return db.inTx(ctx, func(t *tx) error {
		if err := t.mayDraft(ctx, a, ticketID, need); err != nil {
			return err
		}
		_, err := t.execRow(ctx, q, row)
		return err
	})
}

// DraftsAmong implements tickets.DraftStore.
func (db *DB) DraftsAmong(ctx context.Context, a access.Actor, ticketIDs []int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	if len(ticketIDs) == 0 || !a.IsPerson() {
		return out, nil
	}
	var ids []int64
	if err := db.allIn(ctx, &ids, db.q.DraftsAmong, a.StaffID, true, ticketIDs, a.StaffID, true, ticketIDs); err != nil {
		return nil, err
	}
	for _, id := range ids {
		out[id] = true
	}
	return out, nil
}

// DropOldDrafts implements tickets.DraftStore.
func (db *DB) DropOldDrafts(ctx context.Context, now time.Time) (dropped int64, err error) {
	before := at(now.Add(-tickets.DraftsKept))
	err = db.inTx(ctx, func(t *tx) error {
		for _, q := range []query{db.q.DraftsOld, db.q.NoteDraftsOld, db.q.DraftFilesOld} {
			n, err := t.exec(ctx, q, before)
			if err != nil {
				return err
			}
			dropped += n
		}
		return nil
	})
	return dropped, err
}
