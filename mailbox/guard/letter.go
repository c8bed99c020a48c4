package guard

// Purpose is why a letter goes out. Each has a recipient rule of its own; a
// purpose that is not listed is refused.
type Purpose string

// The purposes.
const (
	PurposeReply   Purpose = "reply"
	PurposeAck     Purpose = "ack"
	PurposeReceipt Purpose = "receipt"
	PurposeNotice  Purpose = "notice"
	PurposeAccount Purpose = "account"
	PurposeRelay   Purpose = "relay"
)

func (p Purpose) known() bool {
	switch p {
	case PurposeReply, PurposeAck, PurposeReceipt, PurposeNotice, PurposeAccount, PurposeRelay:
		return true
	}
	return false
}

// automatic reports whether no person pressed Send.
func (p Purpose) automatic() bool { return p != PurposeReply && p != PurposeRelay }

// Letter is a letter as it would leave: read back from its final bytes by
// mailbox/letter, with the envelope beside it. Addresses are strings exactly as
// they stand there, because reading them is part of judging.
type Letter struct {
	Purpose Purpose
	// Envelope is who this copy is delivered to.
	Envelope []string
	// Audience is everybody who gets a copy of the letter, this one included.
	Audience []string
	// To, Cc and Bcc are what the header shows, one string a header field or entry.
	To, Cc, Bcc []string
	From        []string
	ReplyTo     []string
	Subject     string   // decoded
	RawSubject  string   // as it stands on the wire, where that is known
	Headers     []Header // every header field, decoded
	Text        string   // the text part, decoded, with everything below it
	HTML        string   // the HTML part, decoded, with its tags
	Files       []File
	// Decision says that the letter tells a decision about the child, which everybody
	// with parental responsibility is to be told (SEND Regulations 2014 reg. 4, 5, 10).
	Decision bool
	// Broken says what of the body could not be read; "" when all of it could.
	Broken string
	// Approval is the letter as somebody agreed it; nil when this kind of letter
	// needs nobody's agreement, or when it is bound to one elsewhere.
	Approval *Approval
}

// Approval is a letter as it was agreed.
type Approval struct {
	By          string
	To, Cc, Bcc []string
	Subject     string
	Text, HTML  string
	Files       []File
}

// Header is one header field with encoded words decoded.
type Header struct {
	Name, Value string
	Raw         string // as it stands on the wire, where that is known
}

// File is an attachment with everything that could be read out of it.
type File struct {
	Name     string
	Type     string // media type by content; "" when it is not known
	Text     string // visible and hidden text, comments, properties
	SHA256   string // hex, of its bytes, where they are a part of the letter; "" for a file within a file
	Readable bool   // false: nobody could read it, which is not the same as empty
	// Views are further readings of it: one a place, as they were taken out.
	Views []FileView
	// Problems say what of it could not be read ("is encrypted"). One is enough to
	// make somebody look.
	Problems []string
}

// FileView is one reading of one place of a file.
type FileView struct {
	Where  string // for people: "page 3", "comment by A. Writer"; "" for the whole
	Text   string
	Kind   string // "comment", "property", ...; "" when it is not known
	Hidden bool   // whoever opens the file does not see it: comment, property, hidden sheet
}
