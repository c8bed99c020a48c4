package tickets

import (
	"context"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// DraftsKept is how long a draft is kept after it was saved last: 30 days.
const DraftsKept = 30 * 24 * time.Hour

// ReplyDraft is a reply that somebody began and did not send. Each person has at
// most one on each ticket. It names people and never addresses: who may be
// written to is worked out again when the draft is opened.
type ReplyDraft struct {
	TicketID  int64
	AnswersID int64 // message that is answered; 0: none
	Subject   string
	Text      string
	To        []int64 // ids of people
	AfterSend State   // "" when nothing was chosen
	Rev       int64   // the revision that the writer saw last; 0: none yet
	// SavedAt is when it was saved, in UTC. Zero means that nothing is kept; Rev
	// is then still what the first save has to name.
	SavedAt time.Time
}

// Kept reports whether there are words to go on with.
func (d ReplyDraft) Kept() bool { return !d.SavedAt.IsZero() }

// Check is fault.Invalid for a draft that is too long to be kept.
func (d ReplyDraft) Check() error {
	if len(d.Text) > maxBody || len(d.Subject) > maxBody {
		return fault.New(fault.Invalid, "The message is too long to be kept. Send it in parts")
	}
	return nil
}

// NoteDraft is a note that its author did not save as a note yet. Nobody else
// can read it. It has no recipients, as notes have none, and is kept apart from
// the drafts of replies: no statement reads both texts.
type NoteDraft struct {
	TicketID int64
	ForID    int64 // the colleague who is asked; 0: nobody
	Text     PrivateText
	Rev      int64     // as of ReplyDraft
	SavedAt  time.Time // as of ReplyDraft
}

// Kept reports whether there are words to go on with.
func (d NoteDraft) Kept() bool { return !d.SavedAt.IsZero() }

// Check is fault.Invalid for a draft that is too long to be kept.
func (d NoteDraft) Check() error {
	if len(d.Text.ForStaff()) > maxBody {
		return fault.New(fault.Invalid, "The note is too long to be kept. Save it in parts")
	}
	return nil
}

// DraftStore keeps what people have begun to write. Every method answers for
// the actor's own drafts alone, whatever the actor's role; what the actor may
// not see, or may not write, is fault.NotFound.
//
// A save names the revision that the writer saw (Rev). When the draft was saved,
// sent or discarded in another tab since, the save is fault.Conflict and changes
// nothing: of two tabs, neither silently overwrites the other, and the late save
// of a reply that has been sent brings no draft back.
type DraftStore interface {
	// DraftOf is the actor's draft of a reply; it is empty (Kept is false) when
	// there is none.
	DraftOf(ctx context.Context, a access.Actor, ticketID int64) (*ReplyDraft, error)
	// SaveDraft keeps d, saved at d.SavedAt, and gives the revision that the next
	// save has to name.
	SaveDraft(ctx context.Context, a access.Actor, d *ReplyDraft) (rev int64, err error)
	// DropDraft forgets the words. Saves that were begun before it fail.
	DropDraft(ctx context.Context, a access.Actor, ticketID int64, now time.Time) error

	// NoteDraftOf, SaveNoteDraft and DropNoteDraft are the same for a note.
	NoteDraftOf(ctx context.Context, a access.Actor, ticketID int64) (*NoteDraft, error)
	SaveNoteDraft(ctx context.Context, a access.Actor, d *NoteDraft) (rev int64, err error)
	DropNoteDraft(ctx context.Context, a access.Actor, ticketID int64, now time.Time) error

	// DraftsAmong says on which of these tickets the actor has a draft of either
	// kind. It reads no words.
	DraftsAmong(ctx context.Context, a access.Actor, ticketIDs []int64) (map[int64]bool, error)
	// DropOldDrafts removes every draft, of anybody, that was not saved within
	// DraftsKept before now, and counts them.
	DropOldDrafts(ctx context.Context, now time.Time) (int64, error)
}
