package tickets

import (
	"context"
	"time"

	"hearback/tickets/access"
)

// FileState is where a file that somebody attached stands.
type FileState string

// The states. Only files that are there go with the letter; the others are what
// their author had attached before.
const (
	FileThere   FileState = "there"
	FileRemoved FileState = "removed" // taken off again
	FileCleaned FileState = "cleaned" // a cleaned copy goes in its place
	FileDone    FileState = "done"    // the letter was sent, or the draft discarded
)

// Where a file of a draft came from.
const (
	FileUpload  = "upload"
	FileEnquiry = "enquiry" // came with a mail of the enquiry or its case
	FileClean   = "cleaned" // a cleaned copy of another
)

// DraftFile is a file that its author attached to a reply which is not sent yet.
// It is seen by nobody else.
type DraftFile struct {
	ID       int64
	StaffID  int64
	TicketID int64
	LetterFile
	Source    string
	CleanedOf int64    // the file of which it is a cleaned copy; 0
	Removed   []string // what the cleaned copy no longer has, in words
	State     FileState
	AddedAt   time.Time // UTC
	ChangedAt time.Time // UTC
	ScanWords string    // what was found, or why nobody could look
}

// LetterFileReader is what files of drafts, and letterheads, are read by.
type LetterFileReader interface {
	// DraftFiles are everything that somebody attached to a reply on a ticket, in
	// order, whatever became of it, with the scanner's verdicts.
	DraftFiles(ctx context.Context, staffID, ticketID int64) ([]DraftFile, error)
	// LetterheadOf is how a team's letters look; the zero Letterhead when nobody said.
	LetterheadOf(ctx context.Context, teamID int64) (Letterhead, error)
	// LargePrint is the size in points that people need letters in; who asked for
	// none is not in it.
	LargePrint(ctx context.Context, people []int64) (map[int64]int, error)
	// ScansOfRaw are the verdicts on a file, under FilePath.
	ScansOfRaw(ctx context.Context, rawID int64) (map[string]PartScan, error)
}

// LetterFileTx writes them.
type LetterFileTx interface {
	InsertDraftFile(ctx context.Context, f *DraftFile) error // sets ID
	// SetDraftFile writes State and ChangedAt; fault.NotFound when it is not this
	// author's on this ticket.
	SetDraftFile(ctx context.Context, f *DraftFile) error
	// FinishDraftFiles makes what is there done.
	FinishDraftFiles(ctx context.Context, staffID, ticketID int64, now time.Time) error
	PutLetterhead(ctx context.Context, teamID int64, h Letterhead, by int64, now time.Time) error
}

// FilePath is the path of the one part of a raw blob that is a file itself and no mail.
const FilePath = "file"

// DraftFilesOf are the actor's own files of a reply on an enquiry that they may
// write on. Faults: NotFound.
func (d *Desk) DraftFilesOf(ctx context.Context, a access.Actor, ref string) ([]DraftFile, error) {
	t, err := d.store.Ticket(ctx, a, ref)
	if err != nil {
		return nil, err
	}
	return d.store.DraftFiles(ctx, a.StaffID, t.ID)
}
