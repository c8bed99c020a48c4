package view

// TextPage is a page of plain text, such as the accessibility statement.
type TextPage struct {
	Shell    Shell
	Heading  string
	Sections []TextSection
}

// TextSection is a heading with its paragraphs.
type TextSection struct {
	Heading string
	Text    []string
}

// NewAccessibilityPage says how far these screens can be used by everyone, as the Public Sector Bodies (Websites and Mobile
// Applications) (No. 2) Accessibility Regulations 2018 ask. It claims only what is checked; a council adds its own contact and date.
func NewAccessibilityPage(shell Shell) TextPage {
	shell.Title = "Accessibility"
	help := "your help desk"
	if shell.Council.Help != "" {
		help = "the help desk on " + shell.Council.Help
	}
	return TextPage{Shell: shell, Heading: "Accessibility", Sections: []TextSection{
		{"", []string{"hearback aims at the Web Content Accessibility Guidelines 2.2, level AA. You can use every page with a keyboard alone, without a script, at 400% zoom, in light and dark colours and on a narrow screen."}},
		{"What has been checked", []string{"Every page is checked by an automatic test at each change. Automatic tests find only some problems. Tests with screen readers and by disabled colleagues are part of each council's own acceptance."}},
		{"Known limits", []string{"Emails are shown as their senders wrote them. Attached files are not changed and may not be accessible.", "Wide tables scroll sideways inside their own frame on narrow screens."}},
		{"If something does not work for you", []string{"Tell " + help + ". Say which page it was and what you use."}},
	}}
}

// NewPrivacyPage says what the program itself keeps about the people who use it. The council's own privacy notice stands beside it.
func NewPrivacyPage(shell Shell) TextPage {
	shell.Title = "Privacy"
	return TextPage{Shell: shell, Heading: "Privacy", Sections: []TextSection{
		{"About people who work here", []string{"hearback records who signed in, what they opened, searched, wrote and changed, and when. The record cannot be edited."}},
		{"In this browser", []string{"One cookie keeps you signed in. No text of a case is stored in the browser, nothing is loaded from other companies, and nobody is told what you do here."}},
		{"About families", []string{shell.Council.Name + " decides why and how long messages are kept. Its privacy notice tells families."}},
	}}
}
