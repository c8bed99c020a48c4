package view

// KeyGroups is the list of keyboard shortcuts that the script of the pages knows.
func KeyGroups() []KeyGroup {
	return []KeyGroup{
		{"Everywhere", []Key{
			{[]string{"/"}, "Search", "all pages"},
			{[]string{"?"}, "This list", "all pages"},
			{[]string{"g", "i"}, "Inbox", "all pages"},
			{[]string{"g", "d"}, "Duty", "all pages"},
			{[]string{"g", "l"}, "Lead", "all pages"},
			{[]string{"g", "e"}, "Escalations", "all pages"},
			{[]string{"g", "h"}, "Held letters", "all pages"},
			{[]string{"g", "b"}, "Inbox sorted by due, late first", "all pages"},
			{[]string{"l"}, "Log a call", "all pages"},
			{[]string{"z"}, "Cancel my waiting message and edit", "all pages, while it can be cancelled"},
			{[]string{"Esc"}, "Close; or leave the form with the draft kept", "all pages"},
		}},
		{"Lists", []Key{
			{[]string{"j"}, "Next row; the preview follows", "lists"},
			{[]string{"k"}, "Previous row", "lists"},
			{[]string{"Enter"}, "Open the preview", "inbox"},
			{[]string{"o"}, "Open the full page", "lists"},
			{[]string{"."}, "Show what is new", "lists, enquiry"},
		}},
		{"Enquiry", []Key{
			{[]string{"r"}, "Reply to the latest message", "enquiry, preview"},
			{[]string{"n"}, "Internal note", "enquiry, preview"},
			{[]string{"m"}, "Move to someone", "enquiry"},
			{[]string{"f"}, "Finish page", "enquiry"},
			{[]string{"["}, "Previous enquiry of the list", "enquiry"},
			{[]string{"]"}, "Next enquiry of the list", "enquiry"},
		}},
		{"Writing", []Key{
			{[]string{"Ctrl+S"}, "Save: the draft in a reply, the note in a note", "forms; works always"},
			{[]string{"Ctrl+Enter"}, "Check and send", "reply only; works always"},
			{[]string{"x"}, "Press the fix button of the first finding", "reply, stopped message"},
		}},
	}
}
