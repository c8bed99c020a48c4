package check

import (
	"context"
	"strings"
	"testing"

	"hearback/mailbox/guard"
)

func lists(t *testing.T, tone, talk, marks string) *guard.Lists {
	t.Helper()
	l, err := guard.CheckLists(tone, talk, marks)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

const ours = `{"id":"%s","expect":"%s","setup":{"staff_domains":["council.example"],"children":[{"ref":"EX-1","name":"Milo Brandt"}],` +
	`"people":[{"email":"jo.bell@council.example","name":"Jo Bell","role":"staff"},{"email":"t@mail.example","name":"Tessa Brandt","role":"parent","linked_to":["EX-1"],"parental_responsibility":true}]},` +
	`"outbound":{"kind":"reply","case_ref":"EX-1","from":"jo.bell@council.example","to":["t@mail.example"],"subject":"Hello","text":"Dear Tessa,\n\n%s"}}`

func example(id, expect, text string) string {
	return strings.NewReplacer("%s", "").Replace(strings.Replace(strings.Replace(strings.Replace(ours, "%s", id, 1), "%s", expect, 1), "%s", text, 1))
}

func TestTry(t *testing.T) {
	ctx := context.Background()
	own := example("blue", "block", "This is from the blue folder. See you on Monday.") + "\n\n" + example("fine", "allow", "See you on Monday.")
	for name, tc := range map[string]struct {
		tone, talk, marks string
		fails             []string
	}{
		"no lists":                     {fails: []string{"blue"}},
		"the marking of the council":   {marks: "blue folder"},
		"a list that stops every day":  {marks: "blue folder\nyours sincerely", fails: []string{"ordinary-1", "ordinary-5"}},
		"talk that stops what is fine": {marks: "blue folder", talk: "see you on monday", fails: []string{"fine"}},
		"tone asks, and that is wrong": {marks: "blue folder", tone: "see you ... monday", fails: []string{"fine"}},
	} {
		got, err := Try(ctx, own, lists(t, tc.tone, tc.talk, tc.marks))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) < 8 {
			t.Errorf("%s: only %d were tried", name, len(got))
		}
		var fails []string
		for _, x := range got {
			if !x.OK {
				fails = append(fails, x.ID)
			}
		}
		if strings.Join(fails, " ") != strings.Join(tc.fails, " ") {
			t.Errorf("%s: %v fail", name, fails)
		}
	}
	for _, bad := range []string{"{", `{"id":"x"}`, `{"id":"x","expect":"allow"}`, `{"id":"x","expect":"perhaps"}`} {
		if _, err := Try(ctx, bad, nil); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

func TestListsAreChecked(t *testing.T) {
	for name, x := range map[string][3]string{
		"a locked phrase is taken out":  {"", "", "- staff only"},
		"talk is locked too":            {"", "- between us", ""},
		"nothing of the program":        {"- no such hint here", "", ""},
		"one short word":                {"", "ok", ""},
		"it begins with any word":       {"", "_ folder", ""},
		"it ends with dots":             {"", "blue folder ...", ""},
		"two words in one":              {"", "blue-folder", ""},
		"more than one word either way": {"", "blue|dark-red folder", ""},
	} {
		if _, err := guard.CheckLists(x[0], x[1], x[2]); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := guard.ReadLists("- no such hint here", "", ""); err != nil {
		t.Errorf("a later version of the program would keep every letter back: %v", err)
	}
	// A hint can be taken out, and nothing else goes with it.
	harsh, other := example("a", "allow", "This is better things to do with my day."), example("b", "confirm", "You have no idea. Shut up.")
	for l, want := range map[*guard.Lists]bool{nil: false, lists(t, "- better things to", "", ""): true} {
		got, err := Try(context.Background(), harsh+"\n"+other, l)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := got[len(got)-2], got[len(got)-1]; a.OK != want || !b.OK {
			t.Errorf("taken out %v: %+v, %+v", want, a, b)
		}
	}
}
