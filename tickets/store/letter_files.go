package store

import (
	"context"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// draftFileRow is a row of draft_files.
type draftFileRow struct {
	ID        int64   `db:"id"`
	StaffID   int64   `db:"staff_id"`
	TicketID  int64   `db:"ticket_id"`
	Name      string  `db:"name"`
	Type      string  `db:"type"`
	Bytes     int64   `db:"bytes"`
	SHA256    string  `db:"sha256"`
	RawID     int64   `db:"raw_id"`
	Source    string  `db:"source"`
	CleanedOf rowID   `db:"cleaned_of"`
	Removed   string  `db:"removed"` // JSON
	State     string  `db:"state"`
	AddedAt   instant `db:"added_at"`
	ChangedAt instant `db:"changed_at"`
}

// letterFileRow is a row of outgoing_files.
type letterFileRow struct {
	OutgoingID int64  `db:"outgoing_id"`
	Place      int    `db:"place"`
	Name       string `db:"name"`
	Type       string `db:"type"`
	Bytes      int64  `db:"bytes"`
	SHA256     string `db:"sha256"`
	RawID      int64  `db:"raw_id"`
}

// letterheadRow is a row of letterheads.
type letterheadRow struct {
	TeamID    int64   `db:"team_id"`
	Signature string  `db:"signature"`
	LogoID    rowID   `db:"logo_id"`
	LogoType  string  `db:"logo_type"`
	LogoAlt   string  `db:"logo_alt"`
	ChangedBy int64   `db:"changed_by"`
	ChangedAt instant `db:"changed_at"`
}

// DraftFiles implements tickets.LetterFileReader.
func (r reader) DraftFiles(ctx context.Context, staffID, ticketID int64) ([]tickets.DraftFile, error) {
	var rows []draftFileRow
	if err := r.all(ctx, &rows, r.db.q.DraftFilesOf, staffID, ticketID); err != nil {
		return nil, err
	}
	out := make([]tickets.DraftFile, 0, len(rows))
	for _, x := range rows {
		f := tickets.DraftFile{
			ID: x.ID, StaffID: x.StaffID, TicketID: x.TicketID,
			LetterFile: tickets.LetterFile{Name: x.Name, Type: x.Type, Bytes: x.Bytes, SHA256: x.SHA256, RawID: x.RawID},
			Source:     x.Source, CleanedOf: int64(x.CleanedOf), State: tickets.FileState(x.State),
			AddedAt: x.AddedAt.time(), ChangedAt: x.ChangedAt.time(),
		}
		if err := unpack(x.Removed, &f.Removed); err != nil {
			return nil, err
		}
		scans, err := r.ScansOfRaw(ctx, x.RawID)
		if err != nil {
			return nil, err
		}
		f.Scan, f.ScanWords = scans[tickets.FilePath].Verdict, scans[tickets.FilePath].Signature
		out = append(out, f)
	}
	return out, nil
}

// InsertDraftFile implements tickets.LetterFileTx.
func (t *tx) InsertDraftFile(ctx context.Context, f *tickets.DraftFile) error {
	removed, err := pack(f.Removed, len(f.Removed) == 0)
	if err != nil {
		return err
	}
	if f.Scan != "" {
		if _, err := t.execRow(ctx, t.db.q.ScanPut, scanRow{
			RawID: f.RawID, Path: tickets.FilePath, Verdict: string(f.Scan), Signature: f.ScanWords, ScannedAt: at(f.AddedAt),
		}); err != nil {
			return err
		}
	}
	return t.add(ctx, t.db.q.DraftFileInsert, draftFileRow{
		StaffID: f.StaffID, TicketID: f.TicketID, Name: f.Name, Type: f.Type, Bytes: f.Bytes, SHA256: f.SHA256, RawID: f.RawID,
		Source: f.Source, CleanedOf: rowID(f.CleanedOf), Removed: removed, State: string(f.State), AddedAt: at(f.AddedAt),
		ChangedAt: at(f.ChangedAt),
	}, &f.ID)
}

// SetDraftFile implements tickets.LetterFileTx.
func (t *tx) SetDraftFile(ctx context.Context, f *tickets.DraftFile) error {
	n, err := t.execRow(ctx, t.db.q.DraftFileSet, draftFileRow{
		ID: f.ID, StaffID: f.StaffID, TicketID: f.TicketID, State: string(f.State), ChangedAt: at(f.ChangedAt),
	})
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "This file is no longer attached")
	}
	return err
}

// FinishDraftFiles implements tickets.LetterFileTx.
func (t *tx) FinishDraftFiles(ctx context.Context, staffID, ticketID int64, now time.Time) error {
	_, err := t.exec(ctx, t.db.q.DraftFilesDone, at(now), staffID, ticketID)
	return err
}

// insertFiles writes what goes with a letter.
func (t *tx) insertFiles(ctx context.Context, o *tickets.Outgoing) error {
	for i, f := range o.Files {
		if _, err := t.execRow(ctx, t.db.q.OutgoingFileInsert, letterFileRow{
			OutgoingID: o.ID, Place: i + 1, Name: f.Name, Type: f.Type, Bytes: f.Bytes, SHA256: f.SHA256, RawID: f.RawID,
		}); err != nil {
			return err
		}
	}
	return nil
}

// files puts what goes with letters to them.
func (r reader) files(ctx context.Context, letters map[int64]*tickets.Outgoing) error {
	if len(letters) == 0 {
		return nil
	}
	ids := make([]int64, 0, len(letters))
	for id := range letters {
		ids = append(ids, id)
	}
	var rows []letterFileRow
	if err := r.allIn(ctx, &rows, r.db.q.FilesOfLetters, ids); err != nil {
		return err
	}
	for _, x := range rows {
		o := letters[x.OutgoingID]
		o.Files = append(o.Files, tickets.LetterFile{Name: x.Name, Type: x.Type, Bytes: x.Bytes, SHA256: x.SHA256, RawID: x.RawID})
	}
	return nil
}

// PutLetterhead implements tickets.LetterFileTx.
func (t *tx) PutLetterhead(ctx context.Context, teamID int64, h tickets.Letterhead, by int64, now time.Time) error {
	_, err := t.execRow(ctx, t.db.q.LetterheadPut, letterheadRow{
		TeamID: teamID, Signature: h.Signature, LogoID: rowID(h.LogoRaw), LogoType: h.LogoType, LogoAlt: h.LogoAlt, ChangedBy: by,
		ChangedAt: at(now),
	})
	return err
}

// LetterheadOf implements tickets.LetterFileReader.
func (r reader) LetterheadOf(ctx context.Context, teamID int64) (tickets.Letterhead, error) {
	var row letterheadRow
	err := r.get(ctx, &row, r.db.q.LetterheadOf, teamID)
	if fault.Is(err, fault.NotFound) {
		return tickets.Letterhead{}, nil
	}
	if err != nil {
		return tickets.Letterhead{}, err
	}
	h := tickets.Letterhead{LogoRaw: int64(row.LogoID), Signature: row.Signature, LogoType: row.LogoType, LogoAlt: row.LogoAlt}
	if row.LogoID != 0 {
		if h.Logo, err = r.Raw(ctx, int64(row.LogoID)); err != nil {
			return tickets.Letterhead{}, err
		}
	}
	return h, nil
}

// LargePrint implements tickets.LetterFileReader.
func (r reader) LargePrint(ctx context.Context, people []int64) (map[int64]int, error) {
	out := map[int64]int{}
	if len(people) == 0 {
		return out, nil
	}
	var rows []struct {
		PersonID   int64 `db:"person_id"`
		LargePrint int   `db:"large_print"`
	}
	if err := r.allIn(ctx, &rows, r.db.q.LargePrintOf, people); err != nil {
		return nil, err
	}
	for _, x := range rows {
		out[x.PersonID] = x.LargePrint
	}
	return out, nil
}

// look reads how the letter of a claim is set: its team's letterhead and who
// needs large print.
func (r reader) look(ctx context.Context, c *tickets.Claim) error {
	var err error
	if c.Mailbox.TeamID != 0 {
		if c.Head, err = r.LetterheadOf(ctx, c.Mailbox.TeamID); err != nil {
			return err
		}
	}
	var people []int64
	for _, d := range c.Letter.Deliveries {
		if d.PersonID != 0 {
			people = append(people, d.PersonID)
		}
	}
	c.Print, err = r.LargePrint(ctx, people)
	return err
}

// withContent reads the bytes of a claim's files, after its transaction: nobody
// waits for a disk. What cannot be read stays without bytes, and no letter is made
// of it: it is held for a person.
func (db *DB) withContent(ctx context.Context, c *tickets.Claim) {
	for i := range c.Letter.Files {
		f := &c.Letter.Files[i]
		content, err := db.Raw(ctx, f.RawID)
		if err != nil {
			continue
		}
		scans, err := db.ScansOfRaw(ctx, f.RawID)
		if err != nil {
			continue
		}
		f.Content, f.Scan = content, scans[tickets.FilePath].Verdict
	}
}
