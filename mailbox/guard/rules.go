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

	RuleUnparseable      = "UNPARSEABLE-RECIPIENT"
	RuleAddressTrick     = "ADDRESS-TRICK"
	RuleHeaderInjection  = "HEADER-INJECTION"
	RuleDisplayNameSpoof = "DISPLAY-NAME-SPOOF"
	RuleEnvelope         = "ENVELOPE-MISMATCH"
	RuleHeaderLeak       = "HEADER-LEAK"

	RuleNoContact    = "NO-CONTACT"
	RuleNoPR         = "NO-PR"
	RuleNoPRAck      = "NO-PR-ACK"
	RulePRNotChecked = "PR-NOT-CHECKED"
	RuleNotLinked    = "RECIPIENT-NOT-LINKED"
	RuleWrongCase    = "WRONG-RECIPIENT-OTHER-CASE"
	RuleUnlinked     = "UNLINKED-RECIPIENT"
	RuleSalutation   = "SALUTATION-MISMATCH"
	RuleReplyTo      = "REPLY-TO-MISMATCH"

	RuleNote           = "NOTE-CONTENT"
	RuleNoteEncoded    = "NOTE-ENCODED"
	RuleQuotedInternal = "QUOTED-INTERNAL"
	RuleQuotedOther    = "QUOTED-OTHER-PARTY"
	RuleStaffTalk      = "STAFF-TALK-EXTERNAL"
	RuleMixedAudience  = "MIXED-AUDIENCE"

	RuleOtherChild       = "OTHER-CHILD-ID"
	RuleSubjectOtherCase = "SUBJECT-OTHER-CASE"
	RuleSubjectOther     = "SUBJECT-OTHER-CHILD"
	RuleAttachOtherChild = "ATTACH-OTHER-CHILD"
	RuleAttachUnreadable = "ATTACH-UNREADABLE"

	RuleConfidentialAddress = "CONFIDENTIAL-ADDRESS"
	RuleConfidentialEmail   = "CONFIDENTIAL-EMAIL-VISIBLE"
	RuleBulkVisible         = "BULK-VISIBLE"
	RuleBulkHidden          = "BULK-BCC"

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

		{RuleUnparseable, "address", ReleaseNobody, "Choose from the case"},
		{RuleAddressTrick, "address", ReleaseNobody, "Choose from the case"},
		{RuleHeaderInjection, "address", ReleaseNobody, "Choose from the case"},
		{RuleDisplayNameSpoof, "address", ReleaseNobody, "Take it off"},
		{RuleEnvelope, "address", ReleaseNobody, "Choose from the case"},
		{RuleHeaderLeak, "address", ReleaseNobody, "Remove the hidden part"},

		{RuleNoContact, "person", ReleaseNobody, "Take them off"},
		{RuleNoPR, "person", ReleaseManager, "Take them off"},
		{RuleNoPRAck, "person", ReleaseAuthor, "Confirm that this shares no details"},
		{RulePRNotChecked, "person", ReleaseNone, "Check the record"},
		{RuleNotLinked, "person", ReleaseNobody, "Take them off"},
		{RuleWrongCase, "person", ReleaseNobody, "Take them off"},
		{RuleUnlinked, "person", ReleaseAuthor, "Add them to the case"},
		{RuleSalutation, "person", ReleaseAuthor, "Change the greeting"},
		{RuleReplyTo, "person", ReleaseAuthor, "Use our address"},

		{RuleNote, "private", ReleaseNobody, "Take this part out"},
		{RuleNoteEncoded, "private", ReleaseNobody, "Make it plain text"},
		{RuleQuotedInternal, "private", ReleaseNobody, "Remove that email"},
		{RuleQuotedOther, "private", ReleaseAuthor, "Sum it up in your own words"},
		{RuleStaffTalk, "private", ReleaseManager, "Move it to a note"},
		{RuleMixedAudience, "private", ReleaseAuthor, "Take them off"},

		{RuleOtherChild, "child", ReleaseNobody, "Take it out"},
		{RuleSubjectOtherCase, "child", ReleaseNobody, "Use this enquiry's subject"},
		{RuleSubjectOther, "child", ReleaseNobody, "Use this enquiry's subject"},
		{RuleAttachOtherChild, "child", ReleaseNobody, "Remove the file"},
		{RuleAttachUnreadable, "child", ReleaseAuthor, "Open the file"},

		{RuleConfidentialAddress, "protected", ReleaseManager, "Take it out"},
		{RuleConfidentialEmail, "protected", ReleaseNobody, "Send one copy each"},
		{RuleBulkVisible, "protected", ReleaseNobody, "Send one each"},
		{RuleBulkHidden, "protected", ReleaseAuthor, "Send one each"},

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
		{"private", judgePrivate},
		{"quoted", judgeQuoted},
		{"talk", judgeTalk},
		{"child", judgeChild},
		{"protected", judgeProtected},
		{"template", judgeTemplate},
	}
}
