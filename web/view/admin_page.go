package view

import (
	"net/url"
	"strconv"
	"time"
)

// AdminPage is a page of the administration: lists and plain forms about the
// program and its people, and nothing about a child.
//
// POST to the address of each form.
type AdminPage struct {
	Shell    Shell
	Nav      []NavItem // pages of the administration
	Back     *Link
	Heading  string
	Intro    []string
	Errors   []FieldError
	Code     *AdminCode
	Warnings []string
	Lights   []HealthPart
	Sections []AdminSection
}

// AdminCode is a code that is shown once.
type AdminCode struct {
	What  string
	Code  string
	After string
}

// AdminSection is a part of the page under a heading.
type AdminSection struct {
	ID      string
	Heading string
	Alert   string
	Text    []string
	Facts   []AdminFact
	Table   *AdminTable
	Forms   []Form
	Links   []Link
	Frame   *AdminFrame
}

// AdminFrame shows a letter as its reader's mail program does.
type AdminFrame struct{ Title, Src string }

// AdminFact is a line of a list of facts.
type AdminFact struct {
	Name string
	Text string
	At   time.Time // shown before Text
	Tone string    // "", "good", "warn", "bad"
}

// AdminTable is a table whose rows stack on a narrow screen.
type AdminTable struct {
	Caption string
	Columns []string
	Rows    []AdminRow
	Empty   string
}

// AdminRow is a row; its first cell is its heading.
type AdminRow struct {
	Cells []AdminCell
}

// AdminCell is one cell.
type AdminCell struct {
	Column string // filled by NewAdminTable, for narrow screens
	Text   string
	Href   string
	Tone   string // "", "good", "warn", "bad": never said by colour alone
	At     time.Time
	Notes  []string
	Form   *Form
}

// NewAdminTable puts the names of the columns on the cells.
func NewAdminTable(caption, empty string, columns []string, rows []AdminRow) *AdminTable {
	for i := range rows {
		for j := range rows[i].Cells {
			if j < len(columns) {
				rows[i].Cells[j].Column = columns[j]
			}
		}
	}
	return &AdminTable{Caption: caption, Columns: columns, Rows: rows, Empty: empty}
}

// AdminURL is the home of the administration: GET.
func AdminURL() string { return "/admin" }

// TeamsURL lists the teams: GET; POST adds one.
func TeamsURL() string { return "/admin/teams" }

// TeamURL is a team: GET; POST, do = save, remove.
func TeamURL(id string) string { return TeamsURL() + "/" + url.PathEscape(id) }

// ReplyTextsURL lists the texts for replies: GET; POST, do = save, remove. With an id,
// that text stands open for changing.
func ReplyTextsURL(id int64) string {
	if id == 0 {
		return "/admin/templates"
	}
	return "/admin/templates?text=" + strconv.FormatInt(id, 10)
}

// WordingsURL lists the letters to families: GET.
func WordingsURL() string { return "/admin/wording" }

// NoticesURL shows the letters to staff: GET.
func NoticesURL() string { return WordingsURL() + "/notices" }

// WordingURL is the words of one letter: GET; POST, do = save, preview, standard.
func WordingURL(letter string) string { return WordingsURL() + "/l/" + url.PathEscape(letter) }

// WordingPreviewURL is a letter as a parent sees it, on a kind of day, in usual or
// large print: GET.
func WordingPreviewURL(letter, on string, large bool) string {
	print := "usual"
	if large {
		print = "large"
	}
	return WordingsURL() + "/preview/" + url.PathEscape(letter) + "/" + url.PathEscape(on) + "/" + print
}

// WordingFrameURL is the formatted letter alone, for a frame: GET.
func WordingFrameURL(letter, on string, large bool) string {
	return WordingPreviewURL(letter, on, large) + "/letter"
}

// WebhooksURL is what endpoints outside were told: GET.
func WebhooksURL() string { return "/admin/webhooks" }

// UsersURL lists the accounts: GET.
func UsersURL() string { return "/admin/users" }

// NewUserURL invites somebody: GET and POST.
func NewUserURL() string { return UsersURL() + "/new" }

// UserURL is an account: GET; POST, do = save, cover, disable, enable, totp, sessions, invite.
func UserURL(id string) string { return UsersURL() + "/u/" + url.PathEscape(id) }

// StandardsURL lists the response standards: GET.
func StandardsURL() string { return "/admin/standards" }

// StandardURL is one standard: GET and POST.
func StandardURL(category string) string { return StandardsURL() + "/" + url.PathEscape(category) }

// CalendarURL is the office's calendar: GET; POST, do = add, remove, hours, each first shown and then confirmed.
func CalendarURL() string { return "/admin/calendars" }

// DomainsURL lists the domains of staff: GET; POST asks for a change.
func DomainsURL() string { return "/admin/staff-domains" }

// DomainURL settles a change that waits: POST, do = approve, refuse.
func DomainURL(id string) string { return DomainsURL() + "/" + url.PathEscape(id) }

// DirectoryURL is the council's directory: GET.
func DirectoryURL() string { return "/admin/directory" }

// MailboxesURL lists the mailboxes: GET.
func MailboxesURL() string { return "/admin/mailboxes" }
