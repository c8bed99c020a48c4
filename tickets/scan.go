package tickets

import (
	"context"
	"time"
)

// ScanVerdict is what the virus scanner said of a part of a mail.
type ScanVerdict string

// The verdicts. A part without one has not been looked at.
const (
	ScanClean    ScanVerdict = "clean"
	ScanInfected ScanVerdict = "infected"
	ScanSkipped  ScanVerdict = "not_scanned" // the scanner was down, or the file is too large: never the same as clean
)

// PartScan is the verdict on one part of one raw mail.
type PartScan struct {
	RawID     int64
	Path      string // tickets.Part.Path
	Verdict   ScanVerdict
	Signature string // infected: what was found. Not scanned: why, in words
	ScannedAt time.Time
}

// ScanStore is what scanning attachments needs from storage. tickets/store
// implements it; mailbox/scan and the pages use it.
type ScanStore interface {
	// ScansOfRaw are the verdicts on the parts of a raw mail, by path.
	ScansOfRaw(ctx context.Context, rawID int64) (map[string]PartScan, error)
	// PutScan keeps a verdict; a later one replaces an earlier one.
	PutScan(ctx context.Context, s PartScan) error
	// RawsToScan lists raw mails that have a part without a verdict, oldest first.
	RawsToScan(ctx context.Context, limit int) ([]int64, error)
	// RawsNotScanned lists raw mails with a part that could not be scanned at its
	// last try, which was before an instant; longest ago first.
	RawsNotScanned(ctx context.Context, before time.Time, limit int) ([]int64, error)
}
