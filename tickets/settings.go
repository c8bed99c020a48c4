package tickets

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"hearback/tickets/fault"
)

// Settings is what a council sets about its correspondence. Start from
// DefaultSettings; a zero Settings does not validate.
type Settings struct {
	CouncilName    string // as families know it
	TeamPhone      string // what families ring when they have not heard
	EmergencyDuty  string // for urgent worries out of hours; in every acknowledgement
	SENDIASSName   string // the free independent advice service (Children and Families Act 2014 s.32)
	SENDIASSPhone  string
	PrivacyURL     string // optional
	BaseURL        string // where staff reach hearback; notices link below it
	LeadSentence   string // whom to ask for when nothing was heard
	FormatSentence string // how to get another format or language (Equality Act 2010 s.20)

	Mode   Mode
	GoLive time.Time // nothing automatic happens for mail received before it; zero: not live yet
	// RestoredAt is when the database was last put back from a backup; zero: never.
	// Mail received before it may have been acknowledged by what was lost since.
	RestoredAt time.Time

	Hold           time.Duration // in which an author can take a reply back; 0 to 10 minutes
	HighRiskHold   time.Duration // the same for letters of high risk (risk.go); at most an hour, and never shorter than Hold
	OverdueAfter   time.Duration // a person's letter that should have left so long ago waits until a person says so again
	AutomaticLife  time.Duration // an automatic letter that has not left by then is cancelled: it would come too late
	ClaimLease     time.Duration // outlasts every SMTP deadline together
	ReopenDays     int           // a reply to a finished enquiry reopens it for so many days
	ChaserQuiet    time.Duration // several mails within it count as one chaser
	AcksPerHour    int           // acks and receipts from one of our mailboxes
	AcksPerSender  int           // acks and receipts to one mailbox in 24 hours, over all its enquiries
	NoticesAnyHour bool          // tell staff out of office hours as well
	FilesMax       int64         // bytes of the files of one letter together; 0 is 25 MB
	MailingPerHour int           // letters of one mailing to many families that leave in an hour at most
	LateGrace      time.Duration // a step taken later than this after it fell due says so

	Hooks []Hook // endpoints outside that are told of events

	StaffDomains []string // exact domains of the council's staff
	// SentCopies names the mailboxes whose sent letters are copied to their own Sent folder.
	SentCopies  map[string]bool
	TrustedAuth map[string]string // mailbox name -> authserv-id (RFC 8601 section 2.5) of its own receiving server

	// The lists only ever add attention; nothing is closed, answered or made
	// less urgent because of a word.
	ChaserWords    []string
	ImmediateWords []string // somebody may be in danger now
	ConcernWords   []string // serious concern
}

// DefaultSettings are the settings of a fresh installation. The council's name
// and numbers are missing, so they do not validate as they are.
func DefaultSettings() Settings {
	return Settings{
		SENDIASSName:   "SENDIASS",
		LeadSentence:   "Ask for the team manager. They can see this email.",
		FormatSentence: "Want this in large print, another language, or by phone? Reply and tell us.",
		Mode:           ModeHold,
		Hold:           time.Minute,
		HighRiskHold:   10 * time.Minute,
		OverdueAfter:   OverdueAfter,
		AutomaticLife:  4 * time.Hour,
		ClaimLease:     15 * time.Minute,
		ReopenDays:     30,
		ChaserQuiet:    time.Hour,
		AcksPerHour:    200,
		AcksPerSender:  10,
		MailingPerHour: defaultMailingPerHour,
		LateGrace:      30 * time.Minute,
		ChaserWords:    defaultChaserWords(),
		ImmediateWords: defaultImmediateWords(),
		ConcernWords:   defaultConcernWords(),
	}
}

// Validate says everything that is wrong, as one fault.Invalid.
func (s Settings) Validate() error {
	var wrong []string
	need := func(value, what string) {
		if strings.TrimSpace(value) == "" {
			wrong = append(wrong, what+" is missing")
		}
	}
	need(s.CouncilName, "the council's name")
	need(s.TeamPhone, "the team's telephone number")
	need(s.EmergencyDuty, "the emergency duty team's number")
	need(s.SENDIASSName, "the advice service's name")
	need(s.SENDIASSPhone, "the advice service's number")
	need(s.LeadSentence, "the sentence that says whom to ask for")
	need(s.FormatSentence, "the sentence about other formats")
	if u, err := url.Parse(s.BaseURL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		wrong = append(wrong, "the address at which staff reach hearback is not an http or https address")
	}
	if !slices.Contains([]Mode{ModeHold, ModeObserve, ModeSend}, s.Mode) {
		wrong = append(wrong, "the outbound mode is none of hold, observe and send")
	}
	if s.Hold < 0 || s.Hold > 10*time.Minute {
		wrong = append(wrong, "the hold of a reply is not between 0 and 10 minutes")
	}
	if s.HighRiskHold < 0 || s.HighRiskHold > time.Hour {
		wrong = append(wrong, "the hold of a letter of high risk is not between 0 and 60 minutes")
	}
	if s.ReopenDays < 0 || s.ReopenDays > 366 {
		wrong = append(wrong, "the days for reopening are not between 0 and 366")
	}
	for what, v := range map[string]int64{
		"the life of automatic letters":            int64(s.AutomaticLife),
		"the lease of a claim":                     int64(s.ClaimLease),
		"the age of an overdue letter":             int64(s.OverdueAfter),
		"the cap of acknowledgements per hour":     int64(s.AcksPerHour),
		"the cap of acknowledgements for a sender": int64(s.AcksPerSender),
		"the pace of letters to many families":     int64(s.MailingPerHour),
	} {
		if v <= 0 {
			wrong = append(wrong, what+" is not above 0")
		}
	}
	wrong = append(wrong, checkHooks(s.Hooks)...)
	for _, d := range s.StaffDomains {
		// One label short of a domain, or a pattern, would make strangers staff.
		if d != strings.ToLower(d) || !strings.Contains(d, ".") || strings.ContainsAny(d, "@* ") {
			wrong = append(wrong, "the staff domain "+d+" is not an exact domain in small letters")
		}
	}
	for _, list := range [][]string{s.ChaserWords, s.ImmediateWords, s.ConcernWords} {
		for _, w := range list {
			if fold(w) == "" {
				wrong = append(wrong, "a word list holds an empty entry")
			}
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	slices.Sort(wrong) // the map above has no order
	return fault.New(fault.Invalid, "The settings are not complete: "+strings.Join(wrong, "; "))
}

// live reports whether automatic letters and alarms apply to something that was
// received at received. Before go-live old lateness is a list, not an alarm.
func (s Settings) live(received time.Time) bool {
	return !s.GoLive.IsZero() && !received.Before(s.GoLive)
}

// page is the address of a page, for notices.
func (s Settings) page(path string) string { return strings.TrimSuffix(s.BaseURL, "/") + path }

// link is where staff see the ticket.
func (s Settings) link(ref string) string {
	return strings.TrimSuffix(s.BaseURL, "/") + "/e/" + url.PathEscape(ref)
}
