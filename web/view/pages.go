package view

// Names of the pages.
const (
	PageInbox       = "inbox"
	PageEnquiry     = "enquiry"
	PageReply       = "reply"
	PageNote        = "note"
	PageStopped     = "stopped"
	PageChanged     = "changed"
	PageLetter      = "letter"
	PageMove        = "move"
	PageFinish      = "finish"
	PageHeaders     = "headers"
	PageCall        = "call"
	PageCase        = "case"
	PageCases       = "cases"
	PageCasePeople  = "casepeople"
	PageCaseEdit    = "caseedit"
	PagePerson      = "person"
	PagePersonNew   = "personnew"
	PageMerge       = "merge"
	PageRests       = "restrictions"
	PageRest        = "restriction"
	PageRestNew     = "restrictionnew"
	PageSearch      = "search"
	PageDuty        = "duty"
	PageHeld        = "held"
	PageHeldLetter  = "heldletter"
	PageOutbox      = "outbox"
	PageDoubt       = "doubt"
	PageLead        = "lead"
	PageEscalations = "escalations"
	PageMailboxes   = "mailboxes"
	PageAdmin       = "admin"
	PageLedger      = "ledger"
	PageRules       = "rules"
	PageSpam        = "spam"
	PageParents     = "parents"
	PageSignIn      = "signin"
	PageSignInCode  = "signincode"
	PageSignInAgain = "signinagain"
	PageCodes       = "codes"
	PageWelcome     = "welcome"
	PageSignedOut   = "signedout"
	PageMe          = "me"
	PageHelp        = "help"
	PageKeys        = "keys"
	PageText        = "text"
	PageError       = "error"
	PageAudit       = "audit"
	PageAccess      = "access"
	PageSecond      = "second"
	PageSeconds     = "seconds"
	PageIncident    = "incident"
	PageIncidents   = "incidents"
	PageIncidentNew = "incidentnew"
	PageGuard       = "guard"
	PageGuardWords  = "guardwords"
	PageMailings    = "mailings"
	PageMailing     = "mailing"
	PageMailingEdit = "mailingedit"
	PageMailingOne  = "mailingletter"
)

// Names of the fragments. The comment gives the id of the element each one writes.
const (
	FragViewCounts = "view-counts" // #view-counts
	FragDueStrip   = "due-strip"   // #due-strip
	FragList       = "list"        // #list
	FragRow        = "row"         // #row-{ref}
	FragPreview    = "preview"     // #preview
	FragEnqHead    = "enq-head"    // #enq-head
	FragPresence   = "presence"    // #presence
	FragNewBar     = "newbar"      // #newbar
	FragTimeline   = "timeline"    // #timeline
	FragItem       = "item"        // #m{id}
	FragPeople     = "people"      // #people
	FragClocks     = "clocks"      // #clocks
	FragReceives   = "receives"    // #receives
	FragVerdict    = "verdict"     // #verdict
	FragReplyDraft = "reply-draft" // #draft-state of a reply
	FragNoteDraft  = "note-draft"  // #draft-state of a note
	FragNoteAdvice = "note-advice" // #note-advice
	FragQueueItem  = "queue-item"  // #queue-item
	FragTiles      = "tiles"       // #tiles
	FragWaiting    = "waiting"     // #waiting: the bar of letters that can still be cancelled
)

type page struct {
	name  string
	model any
}

// pageTable is every page with its model. A new page is a row here, a constant above and a file in templates/pages.
func pageTable() []page {
	return []page{
		{PageInbox, Inbox{}},
		{PageEnquiry, Enquiry{}},
		{PageReply, Reply{}},
		{PageNote, Note{}},
		{PageStopped, StoppedPage{}},
		{PageChanged, ChangedPage{}},
		{PageLetter, LetterPreview{}},
		{PageMove, Move{}},
		{PageFinish, Finish{}},
		{PageHeaders, Headers{}},
		{PageCall, CallForm{}},
		{PageCase, Case{}},
		{PageCases, Cases{}},
		{PageCasePeople, CasePeople{}},
		{PageCaseEdit, CaseEdit{}},
		{PagePerson, PersonPage{}},
		{PagePersonNew, PersonNew{}},
		{PageMerge, MergePage{}},
		{PageRests, RestrictionsPage{}},
		{PageRest, RestrictionPage{}},
		{PageRestNew, RestrictionNew{}},
		{PageSearch, Search{}},
		{PageDuty, Duty{}},
		{PageHeld, Held{}},
		{PageHeldLetter, HeldLetter{}},
		{PageOutbox, Outbox{}},
		{PageDoubt, Doubt{}},
		{PageLead, Lead{}},
		{PageEscalations, Escalations{}},
		{PageMailboxes, Mailboxes{}},
		{PageAdmin, AdminPage{}},
		{PageLedger, Ledger{}},
		{PageRules, Rules{}},
		{PageSpam, Spam{}},
		{PageParents, Parents{}},
		{PageSignIn, SignIn{}},
		{PageSignInCode, SignInCode{}},
		{PageSignInAgain, SignInAgain{}},
		{PageCodes, Codes{}},
		{PageWelcome, Welcome{}},
		{PageSignedOut, SignedOut{}},
		{PageMe, Me{}},
		{PageHelp, Help{}},
		{PageKeys, Keys{}},
		{PageText, TextPage{}},
		{PageError, ErrorPage{}},
		{PageAudit, Audit{}},
		{PageAccess, Access{}},
		{PageSecond, SecondPage{}},
		{PageSeconds, Seconds{}},
		{PageIncident, IncidentPage{}},
		{PageIncidents, Incidents{}},
		{PageIncidentNew, IncidentNew{}},
		{PageGuard, GuardPage{}},
		{PageGuardWords, GuardWords{}},
		{PageMailings, Mailings{}},
		{PageMailing, MailingPage{}},
		{PageMailingEdit, MailingEdit{}},
		{PageMailingOne, MailingLetterPage{}},
	}
}

type fragment struct {
	name  string
	page  string // page file that defines it; empty for shared templates
	model any
}

// fragmentTable is every fragment with its model.
func fragmentTable() []fragment {
	return []fragment{
		{FragViewCounts, PageInbox, ViewCounts{}},
		{FragDueStrip, "", Strip{}},
		{FragList, "", List{}},
		{FragRow, "", Row{}},
		{FragPreview, PageInbox, Preview{}},
		{FragEnqHead, "", EnquiryHead{}},
		{FragPresence, "", Presence{}},
		{FragNewBar, "", NewBar{}},
		{FragTimeline, "", Timeline{}},
		{FragItem, "", Item{}},
		{FragPeople, "", People{}},
		{FragClocks, "", Clocks{}},
		{FragReceives, PageReply, Receives{}},
		{FragVerdict, PageReply, Verdict{}},
		{FragReplyDraft, PageReply, DraftState{}},
		{FragNoteDraft, PageNote, DraftState{}},
		{FragNoteAdvice, PageNote, NoteAdvice{}},
		{FragQueueItem, PageDuty, DutyItem{}},
		{FragTiles, PageLead, []Tile{}},
		{FragWaiting, "", []Waiting{}},
	}
}
