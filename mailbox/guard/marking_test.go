package guard

import "testing"

// The subject that a letter leaves with begins with the enquiry's reference.
func TestWeakMarkBehindOurReference(t *testing.T) {
	for subject, want := range map[string]Decision{
		"[SEN-104233] INTERNAL: dates for October":         Confirm,
		"Re: [SEN-104233] Re: Internal - dates":            Confirm,
		"[SEN-104233] [SEN-104188] INTERNAL: dates":        Confirm,
		"INTERNAL: dates for October":                      Confirm,
		"[SEN-104233] [internal] dates":                    Confirm,
		"[SEN-104233] Internal review of the decision":     Allow,
		"[SEN-104233] Dates for October":                   Allow,
		"[SEN-104233] Re: the internal exclusion on 4 May": Allow,
	} {
		l := letter("Dear Tamsin,\n\nThank you for the dates. Panel meets on Thursday.\n\nJo Bell\n", mother)
		l.Subject = subject
		if v := Judge(l, facts()); v.Decision != want || want == Confirm && v.Findings[0].Rule != RuleMarkingWeak {
			t.Errorf("%q: %+v", subject, v.Findings)
		}
	}
}
