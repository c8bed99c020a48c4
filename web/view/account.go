package view

import "time"

// SignIn is the sign-in page.
//
// POST SignInURL. Fields: email, password, next.
type SignIn struct {
	Shell  Shell
	Errors []FieldError
	Email  string
	Next   string
	// CouncilURL starts sign-in with the council account; empty when none is set up.
	CouncilURL  string
	CouncilText string
	NoPasswords bool
	// Ended is set after a session ended: "Your session ended. Your draft is saved up to 10:31. Sign in again".
	Ended     string
	DemoUsers []DemoUser
}

// DemoUser is an invented person of the demonstration with the password in the open.
type DemoUser struct {
	Name     string
	Role     string
	Email    string
	Password string
}

// SignedOut is the public page after signing out.
type SignedOut struct {
	Shell Shell
	// CouncilURL signs out at the council's provider too; empty when it offers nothing.
	CouncilURL string
}

// SignInCode asks for the code of an authenticator app, and shows the secret of
// one that is being set up.
//
// POST Action. Fields: code, or recovery.
type SignInCode struct {
	Shell    Shell
	Errors   []FieldError
	Action   string
	BackHref string
	Recovery bool // a recovery code does as well
	Enrol    bool
	// Picture is the path of a QR code on a square of PictureSize; Secret is the
	// same in text.
	Picture     string
	PictureSize int
	Secret      string
}

// SignInAgain asks somebody who is signed in to show once more who they are.
//
// POST /sign-in/again. Fields: password, code, next.
type SignInAgain struct {
	Shell                   Shell
	Errors                  []FieldError
	Password, Code          bool
	CouncilURL, CouncilText string
	Next                    string
}

// Codes shows recovery codes, once.
type Codes struct {
	Shell    Shell
	Codes    []string
	NextHref string
}

// Welcome sets the first password of somebody who was invited.
//
// POST /sign-in/welcome. Fields: email, code, password.
type Welcome struct {
	Shell  Shell
	Errors []FieldError
	Email  string
}

// SessionRow is one browser in which the reader is signed in.
type SessionRow struct {
	Ref, Agent, From string
	Since, Seen      time.Time
	Here             bool // this one
}

// Me is the page of preferences.
//
// POST MeURL. Fields: theme (system, light, dark), density, shortcuts (on, off), hold_seconds, live (on, off).
type Me struct {
	Shell       Shell
	Errors      []FieldError
	Theme       string
	Density     string
	Shortcuts   string
	HoldSeconds []Option
	Live        string
	Teams       string
	LastSignIn  time.Time

	// How the reader signs in, and where. POST /me/sessions (do=end with ref, or
	// do=others), /me/password (password, new_password), /me/codes; GET /me/app.
	Sessions       []SessionRow
	HasPassword    bool
	CouncilAccount bool
	App, CanApp    bool // an authenticator app is set up; may be
	CodesLeft      int
}

// Help is the help page; Keys the list of keys.
type Help struct {
	Shell Shell
	// AdminHelp adds the part for administrators.
	AdminHelp bool
}

// Keys is the list of keyboard shortcuts.
type Keys struct {
	Shell  Shell
	Groups []KeyGroup
}

// KeyGroup is one table of keys.
type KeyGroup struct {
	Name string
	Keys []Key
}

// Key is one shortcut.
type Key struct {
	Keys  []string
	Does  string
	Where string
}

// Move hands an enquiry to someone.
//
// POST MoveURL. Fields: officer, note, do=save.
type Move struct {
	Shell    Shell
	Head     EnquiryHead
	Refs     []string // when several were ticked
	Officers []Option
	Note     string
	Errors   []FieldError
	BackHref string
}

// Finish closes an enquiry.
//
// POST FinishURL. Fields: reason, seen_event, do=finish.
type Finish struct {
	Shell     Shell
	Head      EnquiryHead
	Waiting   string // "Tessa Brandt"; set while the family's last message has no human answer
	Reasons   []Option
	Errors    []FieldError
	SeenEvent string
	BackHref  string
}

// Headers shows the header lines of a message as they came.
type Headers struct {
	Shell    Shell
	Head     EnquiryHead
	BackHref string
	Raw      string
	Original string
	Sender   SenderCheck
}

// ErrorPage is any answer that is not the page asked for.
type ErrorPage struct {
	Shell   Shell
	Status  int
	Heading string // from ErrorWords unless the handler knows better
	Text    []string
	// Reference is the id of an internal error, to be quoted on the telephone.
	Reference string
	Links     []Link
	// Draft is the text that could not be sent, so that nothing typed is lost.
	Draft string
}
