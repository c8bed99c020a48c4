package tickets

// LetterFile is a file that goes with a letter: its bytes as somebody attached
// them, kept once under their hash. Whoever carries its bytes about has read them
// against the hash.
type LetterFile struct {
	Name   string `json:"name"`
	Type   string `json:"type"` // media type by content
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // hex
	RawID  int64  `json:"raw_id"` // where the bytes are kept
	// Content is set on a claim, and on a draft that is judged; never stored here.
	Content []byte `json:"-"`
	// Scan is what the virus scanner said, read with the content; "" when nobody looked.
	Scan ScanVerdict `json:"-"`
}

// Letterhead is how the letters of a team look: the words below a person's
// letter, and the council's sign at the top of the formatted half.
type Letterhead struct {
	Signature string // plain text; "" for none
	Logo      []byte // PNG or JPEG without anything but the picture; nil for none
	LogoType  string // "image/png" or "image/jpeg"
	LogoRaw   int64  // where the picture is kept; 0 for none
	LogoAlt   string // what somebody hears who does not see it
}
