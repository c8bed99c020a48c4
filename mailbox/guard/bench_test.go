package guard

import (
	"fmt"
	"testing"
)

// BenchmarkJudge is the decision about a text letter of 300 words on a case with
// 40 notes, in a register of 10,000 children.
func BenchmarkJudge(b *testing.B) {
	f := facts()
	var all []Child
	for i := range 10_000 {
		all = append(all, Child{CaseRef: fmt.Sprintf("XX-%05d", i), Name: fmt.Sprintf("Name%d Surname%d", i%900, i), DOB: "2015-01-02", UPN: fmt.Sprintf("Z99%010d", i), NHS: fmt.Sprintf("999%07d", i)})
	}
	f.Others = IndexChildren(all)
	for i := range 40 {
		f.Private = append(f.Private, Private{Text: fmt.Sprintf("%s Remark %d about what was said in meeting %d.", noteOne, i, i)})
	}
	text := "Dear Tamsin,\n\n"
	for i := range 60 {
		text += fmt.Sprintf("We will see in week %d. ", i)
	}
	l := letter(text, mother)
	b.ResetTimer()
	for range b.N {
		if v := Judge(l, f); v.Decision != Allow {
			b.Fatalf("%+v", v)
		}
	}
}
