package view

import (
	"net/url"
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
}

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
