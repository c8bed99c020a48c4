package main

import (
	"archive/zip"
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// commented is a Word document with a comment of a colleague in it.
func commented(t *testing.T, text, comment string) []byte {
	t.Helper()
	const ns = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range [][2]string{
		{"[Content_Types].xml", head + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/comments.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"/></Types>`},
		{"_rels/.rels", head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/_rels/document.xml.rels", head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" Target="comments.xml"/></Relationships>`},
		{"word/document.xml", head + `<w:document` + ns + `><w:body><w:p><w:commentRangeStart w:id="0"/><w:r><w:t>` + text + `</w:t></w:r><w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r></w:p></w:body></w:document>`},
		{"word/comments.xml", head + `<w:comments` + ns + `><w:comment w:id="0" w:author="Ola Reyes" w:initials="OR"><w:p><w:r><w:t>` + comment + `</w:t></w:r></w:p></w:comment></w:comments>`},
	} {
		p, err := z.Create(f[0])
		must(t, err)
		_, err = p.Write([]byte(f[1]))
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

// TestBrowserFiles: the files of a letter are read, replaced by a cleaned copy and taken
// off again by keyboard, and the panel fits a narrow screen.
func TestBrowserFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser run is not short")
	}
	v := newVisit(t)
	tessa := v.family(t, "tessa.brandt@mail.example")
	ref := v.write(t, tessa, "When is the plan ready?", "text/plain", "Hello, when will the draft plan be ready?")
	file := filepath.Join(t.TempDir(), "timetable.docx")
	must(t, os.WriteFile(file, commented(t, "The timetable of the autumn term.", "Internal use only. Do not show mum before panel, she will kick off again."), 0o600))
	w := v.as(t, "dean.foss")
	w.open("/me")
	w.do(click(`input[name="shortcuts"][value="on"]`))
	w.loads(click(`main form button`))
	w.provokes(http.StatusUnprocessableEntity)
	w.open("/e/" + ref + "/reply")
	w.do(chromedp.SetUploadFiles(chromedp.CSS("#upload"), []string{file}))
	w.tabTo(`el.name === "do" && el.value === "attach"`)
	w.loads(enter())
	w.reads("timetable.docx")
	w.fill("#text", "Dear Tessa,\n\nThe timetable is with this letter.\n\nDean")
	w.waits(`[...document.querySelectorAll(".hb-finding")].some(f => f.innerText.includes("timetable.docx"))`)
	w.loads(click(`[name="do"][value="save"]`))
	w.looksWell("composer-files")

	if look[bool](w, `[...document.querySelectorAll(".hb-finding")].some(f => f.innerText.includes("in the file") && f.innerText.includes("marked part out"))`) {
		t.Error("a button offers to take out of the text what stands in the file")
	}
	// The cure of the finding, by its key.
	look[chromedp.Void](w, `[...document.querySelectorAll(".hb-finding")].find(f => f.innerText.includes("Use a cleaned copy")).focus()`)
	w.loads(chromedp.KeyEvent("x"))
	if text := look[string](w, `document.getElementById("verdict").innerText`); strings.Contains(text, "staff comments") {
		t.Errorf("the cleaned copy still has comments: %s", text)
	}
	w.reads("timetable", "Files you took off or replaced")
	w.looksWell("composer-files-cleaned")

	// Taken off by the keyboard alone.
	w.tabTo(`el.name === "unfile"`)
	w.loads(enter())
	if n := look[int](w, `document.querySelectorAll("#files [name=unfile]").length`); n != 0 {
		t.Errorf("%d files are still there", n)
	}

	// The bar of a team lead fits a narrow window in one line.
	w = v.as(t, "ola.reyes")
	w.do(chromedp.EmulateViewport(1024, 768))
	w.open("/lead")
	if rows := look[int](w, `new Set([...document.querySelectorAll(".govuk-service-navigation__item")].map(i => Math.round(i.getBoundingClientRect().top))).size`); rows != 1 {
		t.Errorf("the navigation of a lead has %d lines", rows)
	}
}
