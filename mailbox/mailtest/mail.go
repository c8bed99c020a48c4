package mailtest

import "time"

// Kind is what a generated mail is.
type Kind string

// The kinds.
const (
	KindNew       Kind = "new"        // begins a thread
	KindReply     Kind = "reply"      // the same family answers within its thread
	KindAutoReply Kind = "auto_reply" // the same family's mailbox answers by itself (RFC 3834)
	KindStranger  Kind = "stranger"   // somebody else, from an unknown address, cites the thread
)

// Truth is what is known about a generated mail, for tests to hold against what a
// program made of it.
type Truth struct {
	N           int    // position in the sequence, from 0
	ID          string // Message-ID with its angle brackets
	Kind        Kind
	Root        string       // ID of the mail that began the thread; its own for KindNew
	Answers     string       // ID in In-Reply-To: a mail of the thread or a letter of the team, which is not among the mails; "" for KindNew
	Subject     string       // decoded
	From        string       // address
	Name        string       // display name, decoded
	To          string       // where it is addressed
	Child       string       // first name of the child it is about
	Charset     string       // of the text
	Form        string       // how the text is built, for example "alternative" or "plain-8bit"
	Attachments []Attachment // in order
	Duplicate   bool         // delivered before: the mail with number Original, same ID
	Original    int          // N of the first delivery, its own N for the first
	Token       bool         // To came from GenOptions.ReplyAddress
	SameSecond  bool         // has the same Date as the mail it answers, which comes right before it
	Received    time.Time    // as in its Date, except for a duplicate: when it came again; whole seconds
}

// Attachment is a file in a generated mail.
type Attachment struct {
	Name  string
	Type  string
	Bytes int // before encoding
}

// Mail is one generated mail.
type Mail struct {
	Truth
	Raw  []byte // CRLF line ends
	Text string // what the family wrote, without what it quotes; LF line ends
}

// GenOptions says what Generate makes. The zero value makes short new mails, about a
// minute apart, without attachments; Lifelike gives the mixture of a real inbox.
type GenOptions struct {
	Mailbox  string        // the team's address; sen.team@northshire.example when empty
	Start    time.Time     // Received of the first mail; 2026-09-01 07:00 UTC when zero
	Gap      time.Duration // mean time between mails; a minute when zero
	Families []Family      // who writes; Families(seed, 400) when empty

	// Shares of all mails, each 0 to 1; what remains are new mails.
	Replies     float64
	AutoReplies float64
	Strangers   float64
	Duplicates  float64 // a mail of the last twenty comes once more

	SameSecond float64 // share of the replies
	HTMLOnly   float64 // share of mails without a plain text

	MedianBytes int // median size of mails without attachments; 0: as short as they come (about 1.5 KB)

	Attachments   float64 // share of mails with one to three files
	AttachmentMin int     // bytes of a mail's files together, before encoding; 2000 when 0
	AttachmentMax int     // 60,000 when 0

	// ReplyAddress gives the address that a reply goes to, such as the mailbox with
	// the reply token of the thread (whose first mail is root). It is called while the
	// mail is made, so it may look up what the program has answered by then; "" means
	// the mailbox itself. nil: always the mailbox.
	ReplyAddress func(root Truth) string
}

// Lifelike is the mixture of a team's inbox: 35 % replies, 4 % automatic ones, 1 %
// strangers who cite a thread, 2 % delivered twice, 10 % with attachments of 50 to
// 500 KB, and a median of 6 KB without them.
func Lifelike() GenOptions {
	return GenOptions{
		Replies: 0.35, AutoReplies: 0.04, Strangers: 0.01, Duplicates: 0.02,
		SameSecond: 0.1, HTMLOnly: 0.03,
		MedianBytes: 6000,
		Attachments: 0.10, AttachmentMin: 50_000, AttachmentMax: 500_000,
	}
}
