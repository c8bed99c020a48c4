package parse

import "strings"

// signatures marks what stands below "-- " (RFC 3676 section 4.3) up to the next
// quotation or to the end.
func (f *folder) signatures() {
	wrote, divided := false, false
	for i := 0; i < len(f.lines); i++ {
		if f.marks[i] != own {
			continue
		}
		if !isSignatureLine(f.lines[i].text) {
			wrote = true
			continue
		}
		end := i
		n := 0
		for end < len(f.lines) && f.marks[end] != quote {
			if f.marks[end] == own {
				n++
			}
			end++
		}
		exact := strings.TrimRight(f.lines[i].text, "\r\n") == "-- "
		if !wrote && !exact || !exact && (n > 14 || f.at(i) != "--" && (divided || !f.cardBelow(i+1, end))) {
			divided = divided || wrote
			continue // a rule within a letter, not the end of one
		}
		f.set(i, end, footer)
		i = end - 1
	}
}

// cardBelow says whether the lines below a rule read like a visiting card: short
// ones, no list, no sentence, no other rule. A rule also divides a letter.
func (f *folder) cardBelow(from, to int) bool {
	for i := from; i < to; i++ {
		if f.marks[i] != own {
			continue
		}
		t := f.at(i)
		if isRule(t) && len(t) < 10 || len(t) > 90 {
			return false
		}
		if w := len(strings.Fields(t)); w > 5 && (strings.HasSuffix(t, ".") || strings.HasSuffix(t, "?") || strings.HasSuffix(t, "!")) && !isMobileFooter(t) {
			return false
		}
		if head, _, ok := strings.Cut(t, " "); ok && (head == "-" || head == "*" || head == "•" || len(head) < 4 && strings.Trim(head, "0123456789") == ".") {
			return false
		}
	}
	return true
}

// isSignatureLine tells the delimiter and the forms that phones and web programs
// write, which drop the space or use one long dash.
func isSignatureLine(s string) bool {
	switch strings.TrimSpace(s) {
	case "--", "—", "––", "- -", "---", "----", "__", "___", "_____", "________":
		return true
	}
	return false
}

// footers marks "Sent from my iPhone" and disclaimers.
func (f *folder) footers() {
	last := len(f.marks) - 1
	wrote := 0
	for i := range f.marks {
		if f.marks[i] == own {
			wrote++
		}
	}
	if wrote == 0 {
		return
	}
	above := 0
	for i := 0; i <= last; i++ {
		if f.marks[i] != own {
			continue
		}
		t := f.at(i)
		switch {
		case f.listFooter(i):
			for ; i <= last && f.marks[i] != quote; i++ {
				if f.marks[i] == own {
					f.marks[i] = footer
				}
			}
		case isMobileFooter(t):
			f.marks[i] = footer
			f.dropRuleAbove(i)
		case above > 0 && isDisclaimer(t):
			f.dropRuleAbove(i)
			for ; i <= last && f.marks[i] != quote; i++ {
				if f.marks[i] == own {
					f.marks[i] = footer
				}
			}
		default:
			above++
		}
	}
}

// listFooter says whether the lines that mailing lists add begin at i: a long
// rule with the name of the list or the way out of it directly below.
func (f *folder) listFooter(i int) bool {
	if t := f.at(i); len(t) < 20 || !isRule(t) {
		return false
	}
	n := f.next(i + 1)
	if n >= len(f.lines) {
		return false
	}
	low := strings.ToLower(f.at(n))
	return strings.HasSuffix(low, "mailing list") || strings.Contains(low, "/listinfo/") || strings.HasPrefix(low, "to unsubscribe") || strings.Contains(low, "received this message because you are subscribed") || strings.HasSuffix(low, "-mailinglist")
}

// dropRuleAbove marks a bare rule directly above a footer.
func (f *folder) dropRuleAbove(i int) {
	for j := i - 1; j >= 0; j-- {
		if f.marks[j] == blank {
			continue
		}
		if f.marks[j] == own && isRule(f.at(j)) {
			f.marks[j] = footer
		}
		return
	}
}

// isMobileFooter tells the line that phones and programs add. It must be short
// and name a device or program: "Sent from my desk, which is..." is a sentence.
func isMobileFooter(t string) bool {
	if len(t) < 8 || len(t) > 160 {
		return false
	}
	low := strings.ToLower(strings.Trim(t, "*_<>[]()-—. \u200e\u200f"))
	low = bracketless.Replace(low)
	if rest, ok := strings.CutPrefix(low, "sent from my "); ok && isDeviceName(rest) {
		return true
	}
	for _, p := range footerStarts {
		if strings.HasPrefix(low, p.text) {
			rest := strings.TrimSpace(low[len(p.text):])
			if !p.device || namesDevice(rest) {
				return true
			}
		}
	}
	for _, p := range footerEnds {
		if strings.HasSuffix(low, p) && namesDevice(low) && len(low) < 90 {
			return true
		}
	}
	if namesBrand(low) && len(strings.Fields(low)) <= 9 && !strings.ContainsAny(low, ",;!?") {
		for _, w := range sentWords {
			if strings.Contains(low, w) {
				return true
			}
		}
	}
	return strings.HasSuffix(low, " from mobile") && len(strings.Fields(low)) <= 4
}

// namesBrand says whether a line names a device or a program by its brand.
func namesBrand(low string) bool {
	for _, d := range brands {
		if strings.Contains(low, d) {
			return true
		}
	}
	return false
}

var bracketless = strings.NewReplacer("[", "", "]", " ", "<", " ", ">", "", "\u00a0", " ")

// isDeviceName takes what follows "Sent from my" for a device when it is a few
// words with no more than an excuse behind them.
func isDeviceName(s string) bool {
	for _, p := range []string{"please", "excuse", "pardon", "apolog", "sorry"} {
		if i := strings.Index(s, p); i > 0 {
			s = s[:i]
		}
	}
	s = strings.TrimRight(s, " ,.;-–")
	if i := strings.Index(s, " http"); i > 0 {
		s = s[:i]
	}
	return s != "" && len(strings.Fields(s)) <= 6 && !strings.ContainsAny(s, ",;:!?")
}

// namesDevice says whether the words name a device or a mail program.
func namesDevice(s string) bool {
	for _, d := range devices {
		if strings.Contains(s, d) {
			n := len(strings.Fields(s))
			return n <= 12 && !strings.Contains(s, ". ") && (n <= 6 || !strings.Contains(s, ", "))
		}
	}
	return false
}

// isDisclaimer tells the first line of the legal text that organisations add.
func isDisclaimer(t string) bool {
	if len(t) < 10 {
		return false
	}
	low := strings.ToLower(strings.Trim(t, "*_-=[]()#• \u00a0"))
	for _, p := range disclaimers {
		if strings.HasPrefix(low, p) {
			return true
		}
	}
	return (strings.HasPrefix(low, "this ") || strings.HasPrefix(low, "the ") || strings.HasPrefix(low, "if you ")) &&
		(strings.Contains(low, "confidential") || strings.Contains(low, "intended recipient") || strings.Contains(low, "privileged") || strings.Contains(low, "intended solely") || strings.Contains(low, "received this email in error") || strings.Contains(low, "received this e-mail in error") || strings.Contains(low, "received this message in error")) &&
		(strings.Contains(low, "mail") || strings.Contains(low, "message") || strings.Contains(low, "transmission") || strings.Contains(low, "communication"))
}
