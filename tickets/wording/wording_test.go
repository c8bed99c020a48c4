package wording

import (
	"slices"
	"strings"
	"testing"
)

// What hearback comes with passes its own check, is easy to read, and says all that
// it must in every situation.
func TestStandardWords(t *testing.T) {
	files, err := standard.ReadDir("standard")
	if err != nil || len(files) != len(Letters()) {
		t.Fatalf("%d files for %d letters: %v", len(files), len(Letters()), err)
	}
	for _, l := range Letters() {
		text, err := Standard(l.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range Check(l.Name, text) {
			t.Errorf("%s: %s", l.Name, m)
		}
		for _, s := range strings.FieldsFunc(text.Body, func(r rune) bool { return strings.ContainsRune(".\n:", r) }) {
			if n := len(strings.Fields(s)); n > 17 {
				t.Errorf("%s: a sentence of %d words: %s", l.Name, n, s)
			}
		}
		for _, x := range l.Situations() {
			body, fixed, err := Render(l.Name, text, l.Examples(x.Name, nil))
			if err != nil {
				t.Fatalf("%s, %s: %v", l.Name, x.Name, err)
			}
			if strings.ContainsAny(body, "{}") || !strings.Contains(body, "999") || !strings.Contains(body, "01234 000111") {
				t.Errorf("%s, %s:\n%s", l.Name, x.Name, body)
			}
			if own := strings.Contains(fixed, "Priya Nair") || strings.Contains(fixed, "2026"); own || !strings.Contains(fixed, "01234 000111") {
				t.Errorf("%s, %s: fixed:\n%s", l.Name, x.Name, fixed)
			}
		}
	}
}

// A letter to a stranger, and a neutral one, cannot be made to say anything of a case.
func TestReceiptsHaveNoFieldOfACase(t *testing.T) {
	for _, name := range []string{Receipt, ReceiptNeutral} {
		text, err := Standard(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []string{"ref", "owner", "due", "was_due", "topic", "received", "law_due", "lead"} {
			wrong := Check(name, Text{text.Subject, text.Body + "\n\nSee {" + f + "}."})
			if len(wrong) != 1 || wrong[0].Line != strings.Count(text.Body, "\n")+3 || wrong[0].Word != "{"+f+"}" {
				t.Errorf("%s with %s: %v", name, f, wrong)
			}
		}
	}
}

// Every block that a letter must say is missed when any of its fields or its words go.
func TestMissingBlocks(t *testing.T) {
	for _, l := range Letters() {
		text, err := Standard(l.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range l.Blocks {
			cut := slices.Clone(b.Fields)
			for i := range cut {
				cut[i] = "{" + cut[i] + "}"
			}
			if b.Words != "" {
				cut = append(cut, b.Words)
			}
			for _, c := range cut {
				wrong := Check(l.Name, Text{text.Subject, strings.ReplaceAll(text.Body, c, "it")})
				if !slices.ContainsFunc(wrong, func(m Mistake) bool { return strings.Contains(m.Says, b.Says) && m.Line == 0 }) {
					t.Errorf("%s without %s: %v", l.Name, c, wrong)
				}
			}
		}
	}
}

func TestMistakesSayWhere(t *testing.T) {
	text, err := Standard(Ack)
	if err != nil {
		t.Fatal(err)
	}
	last := strings.Count(text.Body, "\n") + 3
	for add, want := range map[string]Mistake{
		"Dear {child},":           {Line: last, Word: "{child}", Says: "there is no field {child}"},
		"Dear {sender_name},":     {Line: last, Word: "{sender_name}", Says: "there is no field"},
		"You wrote: {subject}":    {Line: last, Word: "{subject}", Says: "there is no field"},
		"By {law_due}.":           {Line: last, Word: "{law_due}", Says: "cannot be used in this letter"},
		"By {Due}.":               {Line: last, Word: "{Due}", Says: "write {Due} as {due}"},
		"By { due }.":             {Line: last, Word: "{ due }", Says: "as {due}"},
		"By {due.":                {Line: last, Word: "{", Says: "has no partner"},
		"By due}.":                {Line: last, Word: "}", Says: "has no partner"},
		"{{.due}}":                {Line: last, Word: "{", Says: "has no partner"},
		"{}":                      {Line: last, Word: "{}", Says: "there is no field"},
		"a\nb {x}":                {Line: last + 1, Word: "{x}", Says: "there is no field"},
		"a hidden\u200bword":      {Line: last, Word: "U+200B", Says: "cannot be seen"},
		"turned \u202eround":      {Line: last, Word: "U+202E", Says: "cannot be seen"},
		"a bell\x07":              {Line: last, Word: "U+0007", Says: "cannot be seen"},
		strings.Repeat("x", 7000): {Says: "characters"},
	} {
		got := Check(Ack, Text{text.Subject, text.Body + "\n\n" + add})
		if len(got) == 0 || got[0].Line != want.Line || got[0].Word != want.Word || !strings.Contains(got[0].Says, want.Says) {
			t.Errorf("%.30q: %+v", add, got)
		}
	}
	for subject, says := range map[string]string{"": "Write a subject", "[{ref}]": "No field", strings.Repeat("x", 121): "120 characters", "a\u202eb": "cannot be seen"} {
		got := Check(Ack, Text{subject, text.Body})
		if len(got) != 1 || !got[0].Subject || !strings.Contains(got[0].Says, says) {
			t.Errorf("%.20q: %+v", subject, got)
		}
	}
	if got := Check("nothing", text); len(got) != 1 {
		t.Errorf("%+v", got)
	}
	if got := Check(Ack, Text{Subject: "x"}); len(got) != 1 || !strings.Contains(got[0].Says, "Write what") {
		t.Errorf("%+v", got)
	}
}

// What must always be said must not stand beside something that is left out on most days.
func TestRequiredBesideWhatComesAndGoes(t *testing.T) {
	text, err := Standard(Ack)
	if err != nil {
		t.Fatal(err)
	}
	joined := strings.Replace(text.Body, "{owner} will look after this.\n\nWe aim to reply by {due}.", "We aim to reply by {due}. {owner} will look after this.", 1)
	got := Check(Ack, Text{text.Subject, joined})
	if len(got) != 1 || got[0].Word != "{owner}" || got[0].Line == 0 || !strings.Contains(got[0].Says, "{due}") {
		t.Errorf("%+v", got)
	}
	hidden := strings.Replace(text.Body, "If a child is in danger now, call 999. ", "", 1)
	hidden = strings.Replace(hidden, "Our office is closed now.", "Our office is closed now. In danger call 999.", 1)
	got = Check(Ack, Text{text.Subject, hidden})
	if len(got) != 1 || !strings.Contains(got[0].Says, "left out on some days") {
		t.Errorf("%+v", got)
	}
}

func TestRenderRefuses(t *testing.T) {
	l, _ := Of(Ack)
	text, err := Standard(Ack)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(map[string]string){
		"unknown field": func(v map[string]string) { v["child"] = "Milo" },
		"line end":      func(v map[string]string) { v["owner"] = "x\n\ny" },
		"no reference":  func(v map[string]string) { delete(v, "ref") },
		"blank number":  func(v map[string]string) { v["edt"] = " " },
		"no date":       func(v map[string]string) { delete(v, "due"); delete(v, "was_due") },
	} {
		v := l.Examples("open", nil)
		change(v)
		if body, _, err := Render(Ack, text, v); err == nil {
			t.Errorf("%s: %s", name, body)
		}
	}
	if _, _, err := Render(Ack, Text{"x", "y"}, l.Examples("open", nil)); err == nil {
		t.Error("a text that misses everything was rendered")
	}
	// What a value holds is never a field.
	v := l.Examples("open", nil)
	v["owner"] = "{edt} Team"
	body, _, err := Render(Ack, text, v)
	if err != nil || !strings.Contains(body, "{edt} Team will") {
		t.Errorf("%v %s", err, body)
	}
}

func TestParagraphsComeAndGo(t *testing.T) {
	l, _ := Of(Ack)
	text, err := Standard(Ack)
	if err != nil {
		t.Fatal(err)
	}
	for situation, want := range map[string][]string{
		"open": {"We aim to reply by Tuesday 1 December 2026.", "!It opens", "!We are late"}, "night": {"It opens on Monday 23 November", "!Legal"},
		"closure": {"We are closed until Monday 4 January", "Legal time limits do not stop", "!It opens on"}, "late": {"We are late, and we are sorry", "!aim to reply"},
	} {
		body, _, err := Render(Ack, text, l.Examples(situation, map[string]string{"phone": "01234 000999", "ref": "X"}))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range append(want, "01234 000999", "SEN-104233") {
			no, w := strings.HasPrefix(w, "!"), strings.TrimPrefix(w, "!")
			if strings.Contains(body, w) == no {
				t.Errorf("%s: %q\n%s", situation, w, body)
			}
		}
		if strings.Contains(body, "\n\n\n") {
			t.Errorf("%s:\n%s", situation, body)
		}
	}
}

func TestAdvice(t *testing.T) {
	long := "This is a sentence that goes on and on without any end so that nobody who reads it on a telephone could say what it was about."
	if got := Advice(Text{"x", "Short.\n\n" + long}); len(got) != 1 || got[0].Line != 3 {
		t.Errorf("%+v", got)
	}
}
