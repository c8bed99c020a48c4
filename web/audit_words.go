package web

import (
	"slices"
	"strings"

	"hearback/tickets"
	"hearback/tickets/audit"
)

// actionWord says in plain words what was done. An action that is not listed is
// shown by its code: nothing is left out of the page.
func actionWord(a audit.Action) string {
	for _, x := range actionWords() {
		if x.action == a {
			return x.words
		}
	}
	return string(a)
}

type actionText struct {
	action audit.Action
	words  string
}

func actionWords() []actionText {
	return []actionText{
		{audit.CaseViewed, "Opened"},
		{audit.CaseRefused, "Was not let in"},
		{audit.ProtectedShown, "Looked at something protected"},
		{audit.Searched, "Searched"},
		{audit.LetterQueued, "Pressed Send"},
		{audit.LetterSent, "A letter was sent"},
		{audit.LetterReviewed, "Had a letter checked"},
		{audit.VerdictGiven, "The check stopped a letter"},
		{audit.FindingConfirmed, "Confirmed what the check asked"},
		{audit.LetterReleased, "Released a letter"},
		{audit.LetterCancelled, "Cancelled a letter"},
		{audit.MailingChanged, "Changed a letter to many families"},
		{audit.MailingAsked, "Asked for the approval of a letter to many families"},
		{audit.MailingApproved, "Approved a letter to many families"},
		{audit.MailingRefused, "Did not approve a letter to many families"},
		{audit.LetterResolved, "Said what became of a letter"},
		{audit.Exported, "Exported"},
		{audit.OriginalShown, "Opened an original"},
		{audit.FileDownloaded, "Opened a file"},
		{audit.NoteViewed, "Read notes"},
		{audit.CaseChanged, "Changed a case"},
		{audit.PersonChanged, "Changed a person"},
		{audit.LinkChanged, "Changed somebody's place on a case"},
		{audit.PeopleMerged, "Merged two people"},
		{audit.AddressChanged, "Changed an address"},
		{audit.RestrictionAdded, "Added a restriction"},
		{audit.RestrictionChanged, "Changed a restriction"},
		{audit.RestrictionEnding, "Asked to end a restriction"},
		{audit.RestrictionEnded, "Ended a restriction"},
		{audit.RestrictionKept, "Kept a restriction"},
		{audit.AuthorityChanged, "Changed an authority"},
		{audit.ArrangementSet, "Set who decides"},
		{audit.GrantAsked, "Asked for access"},
		{audit.GrantGiven, "Gave access"},
		{audit.GrantRefused, "Refused access"},
		{audit.GrantEnded, "Ended access"},
		{audit.BrokeGlass, "Opened in an emergency"},
		{audit.StaffChanged, "Changed an account"},
		{audit.StaffShutOut, "Closed an account"},
		{audit.TeamChanged, "Changed a team"},
		{audit.SettingChanged, "Changed a setting"},
		{audit.DomainAsked, "Asked to change the staff domains"},
		{audit.DomainChanged, "Changed the staff domains"},
		{audit.DirectoryImported, "Imported the directory"},
		{audit.CasesImported, "Imported cases"},
		{audit.RowSettled, "Settled a row of an import"},
		{audit.RuleChanged, "Changed an intake rule"},
		{audit.SignedIn, "Signed in"},
		{audit.SignInFailed, "A sign-in was refused"},
		{audit.SignedOut, "Signed out"},
		{audit.SessionEnded, "Ended a session"},
		{audit.FactorChanged, "Changed how they sign in"},
		{audit.TokenChanged, "Changed a token"},
		{audit.IncidentChanged, "Changed an incident"},
		{audit.AuditViewed, "Read the audit"},
		{audit.AuditVerified, "Checked the audit"},
	}
}

// auditDetail is the codes and counts of a record as "page /e/:ref, words 2".
func auditDetail(l tickets.AuditLine) string {
	keys := make([]string, 0, len(l.Detail))
	for k := range l.Detail {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var out []string
	for _, k := range keys {
		if v := l.Detail[k]; v != "" {
			out = append(out, strings.ReplaceAll(k, "_", " ")+" "+v)
		}
	}
	return strings.Join(out, ", ")
}
