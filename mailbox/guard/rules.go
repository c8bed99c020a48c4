package guard

// The ids of the rules. They are shown, stored and counted: never change one.
const (
	RuleCaseData         = "CASE-DATA-UNAVAILABLE"
	RulePurpose          = "PURPOSE-UNLISTED"
	RulePurposeRecipient = "PURPOSE-RECIPIENT"
	RulePurposeContent   = "PURPOSE-CONTENT"
	RuleAuthor           = "AUTHOR-NOT-ALLOWED"
	RuleNoRecipient      = "NO-RECIPIENT"
	RuleTooMuch          = "TOO-MUCH-TO-CHECK"
	RuleBroken           = "BODY-UNREADABLE"

	RuleUnparseable      = "UNPARSEABLE-RECIPIENT"
	RuleAddressTrick     = "ADDRESS-TRICK"
	RuleHeaderInjection  = "HEADER-INJECTION"
	RuleDisplayNameSpoof = "DISPLAY-NAME-SPOOF"
	RuleEnvelope         = "ENVELOPE-MISMATCH"
	RuleHeaderLeak       = "HEADER-LEAK"
	RuleDomainSpoof      = "DOMAIN-SPOOF"
	RuleDomainHomograph  = "DOMAIN-HOMOGRAPH"
	RuleUnlistedDomain   = "UNLISTED-SUBDOMAIN"
	RuleGroupExternal    = "GROUP-EXPANDS-EXTERNAL"
	RuleGroupUnresolved  = "GROUP-UNRESOLVED"
	RuleForwards         = "FORWARDS-EXTERNAL"

	RuleNoContact    = "NO-CONTACT"
	RuleNoPR         = "NO-PR"
	RuleNoPRAck      = "NO-PR-ACK"
	RulePRNotChecked = "PR-NOT-CHECKED"
	RuleNotLinked    = "RECIPIENT-NOT-LINKED"
	RuleWrongCase    = "WRONG-RECIPIENT-OTHER-CASE"
	RuleUnlinked     = "UNLINKED-RECIPIENT"
	RuleSalutation   = "SALUTATION-MISMATCH"
	RuleReplyTo      = "REPLY-TO-MISMATCH"
	RuleNearMiss     = "NEAR-MISS-ADDRESS"
	RuleVariant      = "ADDRESS-VARIANT"
	RuleNewAddress   = "NEW-ADDRESS"

	RuleNote           = "NOTE-CONTENT"
	RuleNoteEncoded    = "NOTE-ENCODED"
	RuleQuotedInternal = "QUOTED-INTERNAL"
	RuleQuotedOther    = "QUOTED-OTHER-PARTY"
	RuleStaffTalk      = "STAFF-TALK-EXTERNAL"
	RuleMixedAudience  = "MIXED-AUDIENCE"
	RuleMarking        = "INTERNAL-MARKING"
	RuleMarkingWeak    = "MARKING-WEAK"
	RuleToneExternal   = "TONE-EXTERNAL"
	RuleToneInternal   = "TONE-INTERNAL"
	RuleInConfidence   = "IN-CONFIDENCE"
	RuleAttachInternal = "ATTACH-INTERNAL"
	RuleAttachMeta     = "ATTACH-META"

	RuleOtherChild       = "OTHER-CHILD-ID"
	RuleFirstName        = "OTHER-CHILD-FIRST-NAME"
	RuleWrongSibling     = "WRONG-SIBLING"
	RuleSubjectOtherCase = "SUBJECT-OTHER-CASE"
	RuleSubjectOther     = "SUBJECT-OTHER-CHILD"
	RuleAttachOtherChild = "ATTACH-OTHER-CHILD"
	RuleAttachUnreadable = "ATTACH-UNREADABLE"
	RuleAttachUnscanned  = "ATTACH-UNSCANNED"
	RuleAttachVirus      = "ATTACH-VIRUS"

	RuleConfidentialAddress = "CONFIDENTIAL-ADDRESS"
	RuleConfidentialEmail   = "CONFIDENTIAL-EMAIL-VISIBLE"
	RuleBulkVisible         = "BULK-VISIBLE"
	RuleBulkHidden          = "BULK-BCC"

	RuleOneParent     = "ONE-PARENT-ONLY"
	RuleYoungPerson   = "YOUNG-PERSON"
	RuleSpreadsheet   = "SPREADSHEET"
	RuleSchool        = "PROTECTED-SCHOOL"
	RuleRepresented   = "REPRESENTED"
	RuleAuthority     = "AUTHORITY-ENDED"
	RulePlan          = "PLAN-OUTSIDE-LIST"
	RuleBounced       = "BOUNCED"
	RuleLookedAfter   = "LOOKED-AFTER"
	RuleDisclosure    = "DISCLOSURE"
	RuleDateDiffers   = "DATE-DIFFERS"
	RuleForgottenFile = "FORGOTTEN-FILE"
	RuleDatePast      = "DATE-PAST"

	RuleUnmerged = "UNMERGED-TEMPLATE"
	RuleApproval = "APPROVAL-MISMATCH"
)

// Rule is a line of the table of rules: what a finding of this id may be.
type Rule struct {
	ID      string
	Family  string
	Release Release // who may release it when it blocks
	// Cure is the first button of the composer for it.
	Cure string
}

// Rules is the whole table. A finding whose id is not in it becomes a block
// that nobody can release.
func Rules() []Rule {
	return []Rule{
		{RuleCaseData, "process", ReleaseNobody, "Try again"},
		{RulePurpose, "purpose", ReleaseNobody, ""},
		{RulePurposeRecipient, "purpose", ReleaseNobody, "Check the record"},
		{RulePurposeContent, "purpose", ReleaseNobody, "Write to them yourself"},
		{RuleAuthor, "process", ReleaseNobody, "Ask a colleague to send it"},
		{RuleNoRecipient, "address", ReleaseNobody, "Choose from the case"},
		{RuleTooMuch, "process", ReleaseNobody, "Make it shorter"},

		{RuleBroken, "process", ReleaseNobody, "Make it plain text"},

		{RuleUnparseable, "address", ReleaseNobody, "Choose from the case"},
		{RuleAddressTrick, "address", ReleaseNobody, "Choose from the case"},
		{RuleHeaderInjection, "address", ReleaseNobody, "Choose from the case"},
		{RuleDisplayNameSpoof, "address", ReleaseNobody, "Take it off"},
		{RuleEnvelope, "address", ReleaseNobody, "Choose from the case"},
		{RuleHeaderLeak, "address", ReleaseNobody, "Remove the hidden part"},
		{RuleDomainSpoof, "address", ReleaseNobody, "Take it off"},
		{RuleDomainHomograph, "address", ReleaseNobody, "Take it off"},
		{RuleUnlistedDomain, "address", ReleaseAuthor, "Take it off"},
		{RuleGroupExternal, "group", ReleaseNobody, "Take the list off"},
		{RuleGroupUnresolved, "group", ReleaseNobody, "Choose people instead"},
		{RuleForwards, "group", ReleaseNobody, "Take it off"},

		{RuleNoContact, "person", ReleaseNobody, "Take them off"},
		{RuleNoPR, "person", ReleaseManager, "Take them off"},
		{RuleNoPRAck, "person", ReleaseAuthor, "Confirm that this shares no details"},
		{RulePRNotChecked, "person", ReleaseNone, "Check the record"},
		{RuleNotLinked, "person", ReleaseNobody, "Take them off"},
		{RuleWrongCase, "person", ReleaseNobody, "Take them off"},
		{RuleUnlinked, "person", ReleaseAuthor, "Add them to the case"},
		{RuleSalutation, "person", ReleaseAuthor, "Change the greeting"},
		{RuleReplyTo, "person", ReleaseAuthor, "Use our address"},
		{RuleNearMiss, "person", ReleaseNobody, "Use the known address"},
		{RuleVariant, "person", ReleaseAuthor, "Use the known address"},
		{RuleNewAddress, "person", ReleaseAuthor, "Check it by phone"},

		{RuleNote, "private", ReleaseNobody, "Take this part out"},
		{RuleNoteEncoded, "private", ReleaseNobody, "Make it plain text"},
		{RuleQuotedInternal, "private", ReleaseNobody, "Remove that email"},
		{RuleQuotedOther, "private", ReleaseAuthor, "Sum it up in your own words"},
		{RuleStaffTalk, "private", ReleaseManager, "Move it to a note"},
		{RuleMixedAudience, "private", ReleaseAuthor, "Take them off"},
		{RuleMarking, "private", ReleaseManager, "Take the marked part out"},
		{RuleMarkingWeak, "private", ReleaseAuthor, "Clean the subject"},
		{RuleToneExternal, "private", ReleaseAuthor, "Show me a calmer way"},
		{RuleToneInternal, "private", ReleaseNone, "Leave it"},
		{RuleInConfidence, "private", ReleaseManager, "Take it out"},
		{RuleAttachInternal, "private", ReleaseNobody, "Make a clean copy"},
		{RuleAttachMeta, "private", ReleaseNobody, "Clear hidden details"},

		{RuleFirstName, "child", ReleaseAuthor, "Take it out"},
		{RuleWrongSibling, "child", ReleaseAuthor, "Move to the other case"},
		{RuleOtherChild, "child", ReleaseNobody, "Take it out"},
		{RuleSubjectOtherCase, "child", ReleaseNobody, "Use this enquiry's subject"},
		{RuleSubjectOther, "child", ReleaseNobody, "Use this enquiry's subject"},
		{RuleAttachOtherChild, "child", ReleaseNobody, "Remove the file"},
		{RuleAttachUnreadable, "child", ReleaseAuthor, "Open the file"},
		{RuleAttachUnscanned, "child", ReleaseAuthor, "I know where this file is from and that it is safe"},
		{RuleAttachVirus, "child", ReleaseNobody, "Take the file off"},

		{RuleConfidentialAddress, "protected", ReleaseManager, "Take it out"},
		{RuleConfidentialEmail, "protected", ReleaseNobody, "Send one copy each"},
		{RuleBulkVisible, "protected", ReleaseNobody, "Send one each"},
		{RuleBulkHidden, "protected", ReleaseAuthor, "Send one each"},

		{RuleOneParent, "record", ReleaseAuthor, "Send them their own copy"},
		{RuleYoungPerson, "record", ReleaseManager, "Ask the young person"},
		{RuleSpreadsheet, "record", ReleaseNobody, "Make a one-child PDF"},
		{RuleSchool, "protected", ReleaseManager, "Take it out"},
		{RuleRepresented, "record", ReleaseAuthor, "Copy the representative separately"},
		{RuleAuthority, "record", ReleaseManager, "Ask for a new authority"},
		{RulePlan, "record", ReleaseManager, "Send a summary"},
		{RuleBounced, "record", ReleaseAuthor, "Ring them"},
		{RuleLookedAfter, "record", ReleaseAuthor, "Send the social worker a copy"},
		{RuleDisclosure, "protected", ReleaseNobody, "Speak to the safeguarding lead"},
		{RuleDateDiffers, "template", ReleaseAuthor, "Use the legal date"},
		{RuleForgottenFile, "template", ReleaseNone, "Choose the file"},
		{RuleDatePast, "template", ReleaseNone, "Look at the date"},

		{RuleUnmerged, "template", ReleaseNobody, "Go to it"},
		{RuleApproval, "process", ReleaseNobody, "Ask again"},
	}
}

// family is one group of rules, in a file of its own.
type family struct {
	name  string
	judge func(*matter) []Finding
}

// families in the order in which their findings are listed when equally severe.
func families() []family {
	return []family{
		{"process", judgeProcess},
		{"purpose", judgePurpose},
		{"person", judgePerson},
		{"address", judgeAddress},
		{"group", judgeGroup},
		{"approval", judgeApproval},
		{"private", judgePrivate},
		{"quoted", judgeQuoted},
		{"talk", judgeTalk},
		{"marking", judgeMarking},
		{"confidence", judgeConfidence},
		{"tone", judgeTone},
		{"council", judgeCouncil},
		{"council's words", judgeCouncilWords},
		{"child", judgeChild},
		{"first name", judgeFirstNames},
		{"part of a name", judgePartNames},
		{"title", judgeTitle},
		{"protected", judgeProtected},
		{"template", judgeTemplate},
		{"record", judgeRecord},
		{"kept", judgeKept},
		{"dates", judgeDates},
		{"finish", judgeFinish},
	}
}
