package view

// Form is a form of plain fields. The pages of the register are made of them, so
// that every one keeps what was typed, says what is wrong beside the field and in
// the summary, and works without a script.
type Form struct {
	ID     string // of its heading, and what the ids of its fields begin with
	Title  string
	Intro  string // what it does, before the fields
	Warn   string // what must be known before the button is pressed
	Action string // where it posts
	Do     string // value of the button's "do"; empty when the address says it
	Button string
	Second *FormButton // beside it
	Danger bool
	Small  bool // a button among others: no fields but hidden ones
	Fields []Field
	Seen   string // mark of the facts that the form was made of; sent back as "seen"
	Fold   bool   // folded until somebody opens it
	Open   bool   // unfolded: what was posted was not right
	Cancel string // where "Cancel" leads; empty for none
}

// FormButton is a second button of a form.
type FormButton struct{ Do, Text string }

// Field is one field of a form. Its id is the form's id and its name.
type Field struct {
	Name    string
	Label   string
	Hint    string
	Kind    string // "text" (also empty), "email", "tel", "date", "number", "lines", "select", "radios", "tick", "hidden"
	Value   string
	Options []Option // of a select and of radios
	Checked bool     // of a tick
	Rows    int      // of "lines"; 3 when 0
	Error   string
	// Need is what to say when the field is empty; "" for a field that may be.
	Need string
	// About are words of a refusal that is about this field.
	About []string
}

// FieldID is the id of a field.
func (f Form) FieldID(name string) string { return f.ID + "-" + name }
