package clearance

import (
	"fmt"

	"hearback/mailbox/guard"
	"hearback/tickets"
)

// scanned is what the virus scanner's words mean for the letter: a finding stops it,
// and a file that a scanner should have seen and did not is for its author to
// confirm. Without a scanner there are no words and nothing is said.
func scanned(claim *tickets.Claim) guard.Verdict {
	v := guard.Verdict{RulesVersion: guard.RulesVersion, Decision: guard.Allow}
	for _, f := range claim.Letter.Files {
		switch f.Scan {
		case "", tickets.ScanClean:
		case tickets.ScanSkipped:
			v.Findings = append(v.Findings, guard.Finding{
				Rule: guard.RuleAttachUnscanned, Decision: guard.Confirm, Evidence: "file " + f.Name,
				Words: fmt.Sprintf("%q was not scanned for viruses.", f.Name),
			})
		default:
			v.Findings = append(v.Findings, guard.Finding{
				Rule: guard.RuleAttachVirus, Decision: guard.Block, Evidence: "file " + f.Name,
				Words: fmt.Sprintf("There is a virus in %q.", f.Name),
			})
		}
	}
	return v
}
