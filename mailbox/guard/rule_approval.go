package guard

import (
	"slices"
	"sort"
	"strings"
)

// judgeApproval compares the letter with what somebody agreed. The people who
// get it are compared as sets, because their order and the letter case of a
// domain mean nothing; everything else has to be the same.
func judgeApproval(m *matter) []Finding {
	a := m.l.Approval
	if a == nil || len(m.outside) == 0 {
		return nil
	}
	stop := func(what string) []Finding {
		return []Finding{{
			Rule: RuleApproval, Decision: Block, Evidence: what,
			Words: "This changed after " + m.approver(a.By) + " agreed it: " + what + ".",
		}}
	}
	by, err := ParseAddress(a.By)
	switch {
	case err != nil || m.who(by).class != staffClass:
		return []Finding{{Rule: RuleApproval, Decision: Block, Evidence: "approver", Words: "Whoever agreed this is not a member of staff."}}
	case m.f.Author != nil && by.Mailbox() == FoldMailbox(m.f.Author.Mailbox):
		return []Finding{{Rule: RuleApproval, Decision: Block, Evidence: "approver", Words: "Nobody agrees their own letter. Ask a colleague."}}
	}
	shown, ok1 := mailboxSet(m.l.To, m.l.Cc)
	shownThen, ok2 := mailboxSet(a.To, a.Cc)
	hidden, ok3 := mailboxSet(m.l.Bcc)
	hiddenThen, ok4 := mailboxSet(a.Bcc)
	switch {
	case !ok1 || !ok2 || !ok3 || !ok4 || !slices.Equal(shown, shownThen) || !slices.Equal(hidden, hiddenThen):
		return stop("who gets it")
	case strings.TrimSpace(m.l.Subject) != strings.TrimSpace(a.Subject):
		return stop("the subject")
	case lineEnds(m.l.Text) != lineEnds(a.Text) || lineEnds(m.l.HTML) != lineEnds(a.HTML):
		return stop("the text")
	case !sameFiles(m.l.Files, a.Files):
		return stop("the files")
	}
	return nil
}

// mailboxSet is the set of mailboxes of some fields, sorted; not ok when one of
// them cannot be read.
func mailboxSet(fields ...[]string) (set []string, ok bool) {
	for _, field := range fields {
		for _, s := range field {
			list, err := ParseAddresses(s)
			if err != nil {
				return nil, false
			}
			for _, a := range list {
				set = append(set, a.Mailbox())
			}
		}
	}
	sort.Strings(set)
	return slices.Compact(set), true
}

func lineEnds(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

func sameFiles(a, b []File) bool {
	key := func(files []File) []string {
		var out []string
		for _, f := range files {
			k := f.Name + "\x00" + f.Text
			if !f.Readable {
				k += "\x00unread"
			}
			for _, v := range f.Views {
				k += "\x00" + v.Where + "\x00" + v.Text
			}
			out = append(out, k)
		}
		sort.Strings(out)
		return out
	}
	return slices.Equal(key(a), key(b))
}

func (m *matter) approver(mailbox string) string {
	for _, c := range m.f.Staff {
		if FoldMailbox(c.Mailbox) == FoldMailbox(mailbox) {
			return c.Name
		}
	}
	return "somebody"
}
