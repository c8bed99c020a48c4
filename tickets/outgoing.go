package tickets

import "time"

// Purpose is why a letter goes out. Each purpose has its own recipient rule in
// the guard; a purpose that is not listed is refused.
type Purpose string

// The purposes.
const (
	PurposeReply   Purpose = "reply"   // a person writes to people on the case
	PurposeAck     Purpose = "ack"     // "we have your email": to the sender alone
	PurposeReceipt Purpose = "receipt" // neutral: no case fact, no reference; to a sender whom we do not know
	PurposeNotice  Purpose = "notice"  // to staff: reference and link only
	PurposeAccount Purpose = "account" // to staff about their own account
	PurposeRelay   Purpose = "relay"   // mail of an officer's own mail program, original bytes
)

// Automatic reports whether no person pressed Send.
func (p Purpose) Automatic() bool { return p != PurposeReply && p != PurposeRelay }

// DeliveryState is where one copy of a letter stands.
type DeliveryState string

// The delivery states. claimed is committed before connecting, data_begun just
// before DATA; recovery puts claimed back to queued and data_begun to uncertain.
const (
	Queued    DeliveryState = "queued"
	Held      DeliveryState = "held" // waits for a person: stopped by the guard, or by the outbound mode, or overdue after downtime
	Claimed   DeliveryState = "claimed"
	DataBegun DeliveryState = "data_begun"
	Accepted  DeliveryState = "accepted"
	Refused   DeliveryState = "refused"   // by the mail server, for good
	Uncertain DeliveryState = "uncertain" // given to the server, answer lost; a person decides
	Bounced   DeliveryState = "bounced"
	Cancelled DeliveryState = "cancelled"
)

// Outgoing is a letter in the outbox: a draft with everything that its bytes
// are made from. The bytes are made, judged and sent at dispatch.
type Outgoing struct {
	ID        int64
	TicketID  int64 // 0 for account letters
	CaseID    int64
	MailboxID int64 // whose From and Reply-To
	Purpose   Purpose
	AuthorID  int64 // 0 for automatic letters
	Subject   string
	Body      string // plain text as written, or empty when Template says how it is made
	Template  string // "", "ack", "receipt", "notice_warning", ...
	// Fields fill the template: reference, officer, date, link. Never text
	// that the sender of a mail supplied, never private text.
	Fields      map[string]string
	AnswersID   int64 // message that it answers: In-Reply-To, References, quoted text
	QuoteAnswer bool  // put the answered message below the text
	// Confirmed lists what the author confirmed: rule and mailbox, bound to Digest.
	Confirmed []Confirmation
	Digest    string // of what the author saw: case, ticket, author, content, recipients
	// AfterSend is what the ticket becomes when the letter is accepted: answered,
	// waiting_family, or open for a holding reply.
	AfterSend   State
	CreatedAt   time.Time
	ReleaseAt   time.Time  // not before; the hold in which the author can undo
	ExpiresAt   *time.Time // automatic letters are not worth sending late
	HeldReason  string     // plain words for the author; "" when not held
	HeldRules   []string   // rule ids of the guard
	ReleasedBy  int64
	Deliveries  []Delivery
	TicketRef   string // for showing
	AuthorName  string // for showing
	QueuedMode  string // outbound mode when it was queued; a later change of mode releases nothing
	CancelledBy int64
	HoldReasons []string     // plain words: why ReleaseAt is later than usual (risk.go)
	Files       []LetterFile // what goes with it, in order
}

// Confirmation is one finding that the author confirmed for one mailbox.
type Confirmation struct {
	Rule    string    `json:"rule"`
	Mailbox string    `json:"mailbox"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
	// By, Basis and Seen are set when a second person released the finding; only
	// SettleSecond sets them. Seen says which finding it was.
	By    int64  `json:"by,omitempty"`
	Basis string `json:"basis,omitempty"`
	Seen  string `json:"seen,omitempty"`
}

// ReleaseHolds is how long the release of a second person counts.
const ReleaseHolds = 24 * time.Hour

// Released reports whether a second person said it, or it claims so.
func (c Confirmation) Released() bool { return c.By != 0 || c.Basis != "" || c.Seen != "" }

// ReleasedFor reports whether it releases a letter of an author at an instant:
// nobody releases their own, and no release is for good.
func (c Confirmation) ReleasedFor(authorID int64, now time.Time) bool {
	return c.By != 0 && c.By != authorID && authorID != 0 && c.Basis != "" && c.Seen != "" && now.Sub(c.At) <= ReleaseHolds
}

// Delivery is the copy of a letter for one person.
type Delivery struct {
	ID         int64
	OutgoingID int64
	PersonID   int64 // 0 for staff and unknown senders
	StaffID    int64
	Name       string // for To; from the register, never from a sender's header
	Email      string
	Mailbox    string // folded
	MessageID  string // assigned when queued, stable over retries; without angle brackets
	Token      string // random; in the reply address; maps back to ticket and recipient
	State      DeliveryState
	Attempts   int
	NextAt     time.Time
	ClaimedBy  string
	ClaimedAt  *time.Time
	Epoch      int64  // fencing: of the lease under which it was claimed
	Reply      string // the server's last words, for operators
	Why        string // for people: why held, refused or uncertain
	SHA256     string // of the bytes that were given to the server
	AcceptedAt *time.Time
	UpdatedAt  time.Time
	LeftBy     int64 // uncertain, and this person decided to leave it so
}

// Mode of an installation's outbound mail.
type Mode string

// The modes. Changing the mode releases nothing that was queued before.
const (
	ModeHold    Mode = "hold"    // nothing leaves; the default of a fresh install
	ModeObserve Mode = "observe" // nothing leaves; shows what would
	ModeSend    Mode = "send"
)
