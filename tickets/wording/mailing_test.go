package wording

import (
	"strings"
	"testing"
)

func mailingValues() map[string]string {
	v := map[string]string{}
	for _, f := range MailingFields() {
		v[f.Name] = f.Example
	}
	return v
}

// What is wrong with a letter to many families is said with its place; what is right
// is filled in once, and a day that is not recorded takes its paragraph with it.
func TestMailingText(t *testing.T) {
	good := Text{Subject: "Moving to secondary school", Body: "Dear {name}\n\nThe review of {child} is on {review}.\n\n{format}"}
	if wrong := CheckMailing(good); len(wrong) > 0 {
		t.Fatalf("a good letter: %v", wrong)
	}
	v := mailingValues()
	v["name"] = "Tessa {child} Brandt"
	body, err := RenderMailing(good, v)
	if err != nil || !strings.Contains(body, "Dear Tessa {child} Brandt\n\nThe review of Milo is on Thursday 3 December 2026.") {
		t.Errorf("%q %v", body, err)
	}
	delete(v, "review")
	if body, err = RenderMailing(good, v); err != nil || strings.Contains(body, "review") {
		t.Errorf("without a day: %q %v", body, err)
	}
	delete(v, "name")
	if _, err = RenderMailing(good, v); err == nil {
		t.Error("a letter to nobody was made")
	}
	v["name"] = "Tessa\nBcc: all@families.example"
	if _, err = RenderMailing(good, v); err == nil {
		t.Error("a name of two lines was taken")
	}
	for _, tc := range []struct{ subject, body, says string }{
		{"", "Dear {name}\n\n{format}", "Write a subject."},
		{"About {child}", "Dear {name}\n\n{format}", "No field can stand in the subject."},
		{"News", "Dear {name}\n\n{school}\n\n{format}", "there is no field {school}"},
		{"News", "Dear {Name}\n\n{format}", "write {Name} as {name}"},
		{"News", "Dear {name\n\n{format}", "has no partner"},
		{"News", "Hello\n\n{format}", "whom it is for"},
		{"News", "Dear {name}, your review is on {review}.\n\n{format}", "a paragraph that is always there"},
		{"News", "Dear {name}", "another form"},
		{"News", "Dear {name}\u200b\n\n{format}", "cannot be seen"},
		{"News", "", "Write what the letter says."},
		{"News", "Dear {name}\n\n{format}\n\n" + strings.Repeat("a", maxBody), "It may have"},
	} {
		wrong := CheckMailing(Text{Subject: tc.subject, Body: tc.body})
		found := false
		for _, m := range wrong {
			found = found || strings.Contains(m.String(), tc.says)
		}
		if !found {
			t.Errorf("%q %q: %v, want %q", tc.subject, tc.body, wrong, tc.says)
		}
	}
	if MailingNamesChild(Text{Body: "Dear {name}\n{format} {council}"}) || !MailingNamesChild(good) {
		t.Error("whether a letter speaks of one child")
	}
}
