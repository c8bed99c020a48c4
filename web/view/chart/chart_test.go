package chart

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func drawer(t *testing.T) *Drawer {
	t.Helper()
	d, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDueStripCutsThePictureNotTheTable: a day with too many marks shows a number for the rest, and the table keeps every row.
func TestDueStripCutsThePictureNotTheTable(t *testing.T) {
	var marks []Mark
	for i := range maxMarks + 6 {
		marks = append(marks, Mark{Ref: fmt.Sprintf("SEN-%d", i), Href: fmt.Sprintf("/e/SEN-%d", i), State: "late", Words: `late <1> day`})
	}
	h, err := drawer(t).DueStrip("Enquiries by due day", []Day{{Name: "late", Marks: marks, More: 2, MoreHref: "/inbox/late"}, {Name: "today"}})
	if err != nil {
		t.Fatal(err)
	}
	picture, table, ok := strings.Cut(string(h), "<details")
	if !ok {
		t.Fatal("no table")
	}
	if n := strings.Count(picture, "<svg"); n != maxMarks {
		t.Errorf("%d marks are drawn, want %d", n, maxMarks)
	}
	if !strings.Contains(picture, `>+8</a>`) {
		t.Error("the picture does not say that 8 are not drawn")
	}
	if n := strings.Count(table, "<a href="); n != maxMarks+6 {
		t.Errorf("the table has %d rows, want %d", n, maxMarks+6)
	}
	if strings.Contains(string(h), "<1>") {
		t.Error("words are not escaped")
	}
	if !strings.Contains(picture, "none") {
		t.Error("an empty day says nothing")
	}
}

func TestBarsAndTheirTableAgree(t *testing.T) {
	d := drawer(t)
	h, err := d.Bars("Load", []string{"new", "old"}, []Bar{{Name: "Ann", Parts: []int{3, 0}}, {Name: "Ben", Parts: []int{10, 30}, Note: "asked for help"}}, 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`aria-label="Load: 2 people, Ben holds most with 40"`, "ceiling 20", ">40</td>", "asked for help"} {
		if !strings.Contains(string(h), want) {
			t.Errorf("no %q in the chart", want)
		}
	}
	if n := strings.Count(string(h), "<rect"); n != 3 {
		t.Errorf("%d segments are drawn, want 3: an empty part has none", n)
	}
	if _, err := d.Bars("Load", []string{"new", "old"}, []Bar{{Name: "Ann", Parts: []int{3}}}, 0); err == nil {
		t.Error("a bar with a missing part was drawn")
	}
	if _, err := d.Bars("Load", make([]string, 5), nil, 0); err == nil {
		t.Error("five parts were drawn with four shades")
	}
}

func TestContactLine(t *testing.T) {
	d := drawer(t)
	from := time.Date(2025, 11, 24, 0, 0, 0, 0, time.UTC)
	to := from.AddDate(1, 0, 0)
	h, err := d.ContactLine(from, to, time.UTC, []Contact{{At: from.AddDate(0, 1, 0), Kind: "in", Text: "Email"}, {At: to.AddDate(0, 1, 0), Kind: "out", Text: "too late"}}, []Gap{{From: from.AddDate(0, 2, 0), To: from.AddDate(0, 3, 0), Text: "quiet"}})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(h), "1 in, 0 out, 0 calls, 1 silent times") || strings.Contains(string(h), "too late") || !strings.Contains(string(h), "quiet") {
		t.Errorf("got %s", h)
	}
	if _, err := d.ContactLine(to, from, time.UTC, nil, nil); err == nil {
		t.Error("a line from the end to the start was drawn")
	}
}
