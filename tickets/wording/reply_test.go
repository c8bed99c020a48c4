package wording

import (
	"slices"
	"strings"
	"testing"
)

func TestReplyTexts(t *testing.T) {
	all := map[string]string{}
	for _, f := range ReplyFields() {
		all[f.Name] = f.Example
	}
	body := "Dear {name},\r\n\r\nWe are looking at what you sent about {child}.\n\nWe will write by {due}.\n\n{officer}"
	got, missing, err := RenderReply(body, all)
	if err != nil || len(missing) != 0 || got != "Dear Tessa,\n\nWe are looking at what you sent about Milo.\n\nWe will write by Tuesday 1 December 2026.\n\nDean Foss" {
		t.Errorf("%q %v %v", got, missing, err)
	}
	delete(all, "due")
	all["child"] = " "
	got, missing, err = RenderReply(body, all)
	if err != nil || !slices.Equal(missing, []string{"child", "due"}) || strings.ContainsAny(got, "{}") || got != "Dear Tessa,\n\nDean Foss" {
		t.Errorf("%q %v %v", got, missing, err)
	}
	for _, bad := range []string{"{brackets}", "two\nlines"} {
		all["name"] = bad
		if got, _, err := RenderReply(body, all); err == nil {
			t.Errorf("a value %q is taken: %q", bad, got)
		}
	}
	for name, x := range map[string]struct{ name, body, says string }{
		"no name":       {" ", "Hello.", "Write a name"},
		"long name":     {strings.Repeat("a", 61), "Hello.", "60 characters"},
		"no text":       {"News", " \n", "Write the text"},
		"long text":     {"News", strings.Repeat("word ", 900), "4000"},
		"unknown field": {"News", "a\n\nDear {parent},", "Line 3: there is no field {parent}"},
		"open bracket":  {"News", "Dear {name,", "no partner"},
		"hidden":        {"News", "Dear\u200b friend", "cannot be seen"},
		"hidden name":   {"Ne\u202ews", "Dear friend", "cannot be seen"},
	} {
		wrong := CheckReply(x.name, x.body)
		if len(wrong) != 1 || !strings.Contains(wrong[0].String(), x.says) {
			t.Errorf("%s: %v", name, wrong)
		}
		if strings.TrimSpace(x.name) != "" && len(x.name) < 60 && name != "hidden name" {
			if _, _, err := RenderReply(x.body, all); err == nil {
				t.Errorf("%s: it is filled in all the same", name)
			}
		}
	}
}
