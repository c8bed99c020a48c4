package tickets

import "time"

// MailAddress is one address as it stood in a header.
type MailAddress struct {
	Name  string `json:"name"`  // decoded display name; never evidence of who wrote
	Email string `json:"email"` // addr-spec as written, decoded; may be empty or nonsense in broken mail
}

// MailKind is what sort of mail a message is.
type MailKind string

// The kinds. Only human mail is acknowledged or starts a clock.
const (
	KindHuman     MailKind = "human"
	KindAutoReply MailKind = "auto_reply" // RFC 3834 and its older and vendor forms; out of office; receipts
	KindBounce    MailKind = "bounce"     // RFC 3464 and the non-standard forms, failed or delayed
	KindList      MailKind = "list"       // lists, bulk, newsletters
	KindOther     MailKind = "other"      // calendar answers, feedback reports, machines' notices
	KindVoicemail MailKind = "voicemail"  // a telephone system tells of a message that somebody left
	KindScan      MailKind = "scan"       // a printer sends what somebody put on its glass
)

// Part is one part of a mail that is not its text: an attachment, an inline
// picture, an attached mail. The bytes stay in the raw mail; Path finds them.
type Part struct {
	Path      string // "2", "1.3": position in the MIME tree, 1-based, as in IMAP (RFC 3501 section 6.4.5)
	Name      string // decoded file name; made up from the type when the mail gives none
	Type      string // media type by content where that can be told, else as declared
	Bytes     int64  // decoded size
	Inline    bool   // shown within the text rather than listed
	ContentID string // without angle brackets
	SHA256    string // hex, of the decoded bytes
	Problem   string // why it could not be read in full; empty when it could
}

// Bounce is what a delivery failure says.
type Bounce struct {
	Recipient string // the address that failed
	Status    string // RFC 3463 enhanced status, or the SMTP code, or ""
	Permanent bool
	Delayed   bool   // not failed yet
	MessageID string // Message-ID of the letter it speaks of, when it says
	Diagnosis string // the remote server's words, cut to 500 characters
	// Named are all addresses that the report itself speaks of, Recipient first; not
	// those of the letter that it returns, and not those that have it.
	Named []string
	// EnvelopeID is what we gave the server to name the letter by (RFC 3461 section
	// 4.4), when it comes back.
	EnvelopeID string
	// Returned are the addresses that the returned letter says it is from and wants
	// its answers at: a reply token of ours may stand there.
	Returned []string
}

// MachineNotice is what the notice of a telephone system or a printer says.
type MachineNotice struct {
	Number string    // the telephone number that called, as written; "" when it is not stated
	At     time.Time // when it happened, as the notice says; zero when it does not
	File   string    // name of the sound or of the scan
}

// AuthResult is what our own receiving server said about the sender.
type AuthResult struct {
	SPF, DKIM, DMARC string // "pass", "fail", "none", ... RFC 8601; "" when not stated
	ServerID         string // authserv-id that said so; "" when nothing trusted was found
}

// Resent is what the Resent- fields of a mail say. They are a claim like From.
type Resent struct {
	From MailAddress
	At   time.Time // zero when missing or unreadable
}

// Forwarded is the head of a mail that another one passes on: what its quoted or
// attached header says, which whoever passed it on could have changed.
type Forwarded struct {
	From    MailAddress
	Date    time.Time // zero when missing or unreadable
	Subject string
}

// Inbound is a mail that has been read. It is made by mailbox/parse from bytes
// and from nothing else; reading the same bytes twice gives the same Inbound.
type Inbound struct {
	MessageID  string   // without angle brackets; "" when missing
	InReplyTo  []string // without angle brackets
	References []string // without angle brackets, oldest first
	From       MailAddress
	Senders    []MailAddress // every From mailbox when there are several, else one
	// Sender is who handed the mail in for From (RFC 5322 section 3.6.2), as when
	// somebody writes in the name of a shared mailbox. It is a claim like From.
	Sender  MailAddress
	ReplyTo []MailAddress
	To, Cc  []MailAddress
	Bcc     []MailAddress // stands only in the copy that the sender keeps
	// ListID is what stands between < and > in List-Id (RFC 2919), in small letters.
	ListID string
	// Resent is who passed the mail on unchanged (RFC 5322 section 3.6.6), the last
	// one; nil when nobody did.
	Resent *Resent
	// Forwarded are the mails that this one passes on, attached as message/rfc822 or
	// written below a quoted header, in the order in which they stand there. The
	// mails that these pass on in turn are not listed.
	Forwarded []Forwarded
	// Delivered holds the addresses that our own server says the mail was
	// delivered to (Delivered-To, X-Original-To, Envelope-To), outermost first.
	Delivered []string
	Subject   string
	Date      time.Time // as the sender claims; zero when missing or unreadable; never used for clocks

	Text      string // the whole text as a person reads it, plain, UTF-8, "\n" line ends
	ReplyText string // what the person wrote this time: Text without quoted earlier mail, signature and footers
	HasHTML   bool   // an HTML part exists; it is read from the raw mail when somebody looks
	Parts     []Part

	Kind       MailKind
	Evidence   []string // why Kind is what it is, in words
	Confidence string   // "certain", "strong", "weak"
	Bounce     *Bounce
	Machine    *MachineNotice // of KindVoicemail and KindScan; else nil
	Auth       AuthResult
	AutoHeader bool // the mail says by header that a machine sent it (Auto-Submitted, Precedence, List-Id, ...)

	// ContentHash is equal for two copies of one mail that took different
	// routes: hex SHA-256 of the mail without its trace headers.
	ContentHash string
	Bytes       int64    // size of the raw mail
	Problems    []string // what could not be read as it should; the text is there all the same
}

// FirstFrom is the mailbox that the mail says it is from, "" when it does not say.
func (in *Inbound) FirstFrom() string { return in.From.Email }
