package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"hearback/tickets"
	"hearback/tickets/register"
)

// What must not be said is in files that an officer adds in the composer: the
// scenarios S4 and S5, played by the whole program with every kind of file.

// fileWith is a file of some kind that holds words, and how it is named.
type fileWith struct{ kind, name, content string }

// filesWith makes files that hold the words, each in a place of its own.
func filesWith(t *testing.T, words string) []fileWith {
	t.Helper()
	inside := docxWith(t, map[string]string{"": "<w:p><w:r><w:t>" + words + "</w:t></w:r></w:p>"})
	return []fileWith{
		{"plain text", "letter.txt", "The plan is ready.\n" + words + "\n"},
		{"table of text", "hours.csv", "who,what\nplan,\"" + words + "\"\n"},
		{"docx, text", "plan.docx", inside},
		{"docx, split in runs", "plan-runs.docx", docxWith(t, map[string]string{"": "<w:p><w:r><w:t>" + words[:len(words)/2] + "</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>" + words[len(words)/2:] + "</w:t></w:r></w:p>"})},
		{"docx, comment", "plan-comment.docx", docxWith(t, map[string]string{"word/comments.xml": `<w:comments ` + docxNS + `><w:comment w:id="0" w:author="A"><w:p><w:r><w:t>` + words + `</w:t></w:r></w:p></w:comment></w:comments>`})},
		{"docx, deleted words", "plan-change.docx", docxWith(t, map[string]string{"": `<w:p><w:del w:id="1" w:author="A"><w:r><w:delText>` + words + `</w:delText></w:r></w:del></w:p>`})},
		{"docx, properties", "plan-title.docx", docxWith(t, map[string]string{"docProps/core.xml": `<cp:coreProperties xmlns:cp="cp" xmlns:dc="dc"><dc:title>` + words + `</dc:title></cp:coreProperties>`})},
		{"xlsx, cell", "hours.xlsx", xlsxWith(t, words, false)},
		{"xlsx, hidden sheet", "hours-hidden.xlsx", xlsxWith(t, words, true)},
		{"pdf, text", "plan.pdf", pdfWith("BT /F1 12 Tf 72 700 Td ("+words+") Tj ET", "")},
		{"pdf, metadata", "plan-about.pdf", pdfWith("BT /F1 12 Tf 72 700 Td (The plan is ready.) Tj ET", words)},
		{"zip", "papers.zip", zipWith(t, map[string]string{"letter.txt": words})},
		{"docx in a zip", "more-papers.zip", zipWith(t, map[string]string{"plan.docx": inside})},
		{"png, text of its header", "scan.png", pngWith(t, words)},
	}
}

const docxNS = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`

// docxWith is a Word file with parts; "" is more of its text.
func docxWith(t *testing.T, parts map[string]string) string {
	t.Helper()
	rel := "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	main := "application/vnd.openxmlformats-officedocument.wordprocessingml."
	types, root, doc := "", "", ""
	all := map[string]string{"word/document.xml": `<w:document ` + docxNS + `><w:body><w:p><w:r><w:t>This is the plan that we spoke of.</w:t></w:r></w:p>` + parts[""] + `</w:body></w:document>`}
	if c := parts["word/comments.xml"]; c != "" {
		all["word/comments.xml"] = c
		types += `<Override PartName="/word/comments.xml" ContentType="` + main + `comments+xml"/>`
		doc += `<Relationship Id="r1" Type="` + rel + `/comments" Target="comments.xml"/>`
	}
	if c := parts["docProps/core.xml"]; c != "" {
		all["docProps/core.xml"] = c
		types += `<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>`
		root += `<Relationship Id="r2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>`
	}
	ns := `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	all["_rels/.rels"] = ns + `<Relationship Id="r1" Type="` + rel + `/officeDocument" Target="word/document.xml"/>` + root + `</Relationships>`
	all["word/_rels/document.xml.rels"] = ns + doc + `</Relationships>`
	all["[Content_Types].xml"] = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="` + main + `document.main+xml"/>` + types + `</Types>`
	return zipWith(t, all)
}

func zipWith(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) { // [Content_Types].xml comes first, as Word writes it
		w, err := z.Create(name)
		must(t, err)
		_, err = w.Write([]byte(files[name]))
		must(t, err)
	}
	must(t, z.Close())
	return b.String()
}

func xlsxWith(t *testing.T, words string, hidden bool) string {
	t.Helper()
	x := excelize.NewFile()
	sheet := "Sheet1"
	if hidden {
		sheet = "Old"
		_, err := x.NewSheet(sheet)
		must(t, err)
		must(t, x.SetCellStr("Sheet1", "A1", "The hours of the plan"))
		must(t, x.SetSheetVisible(sheet, false))
	}
	must(t, x.SetCellStr(sheet, "B7", words))
	b, err := x.WriteToBuffer()
	must(t, err)
	return b.String()
}

func pdfWith(content, subject string) string {
	var b strings.Builder
	b.WriteString("%PDF-1.7\n")
	for i, o := range []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content), "<< /Subject (" + subject + ") >>",
	} {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	b.WriteString("trailer\n<< /Root 1 0 R /Info 6 0 R >>\n%%EOF\n")
	return b.String()
}

// pngWith puts a tEXt chunk (PNG, section 11.3.3.2) behind the header of a picture.
func pngWith(t *testing.T, words string) string {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 8, 8))))
	body := []byte("tEXtDescription\x00" + words)
	n, sum := len(body)-4, crc32.ChecksumIEEE(body)
	be := func(v uint32) []byte { return []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)} }
	chunk := slices.Concat(be(uint32(n)), body, be(sum))
	return string(slices.Concat(b.Bytes()[:33], chunk, b.Bytes()[33:]))
}

// posts sends a form with a file, as a browser does.
func (b *browser) posts(path string, fields url.Values, file fileWith) answer {
	b.h.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, list := range fields {
		for _, v := range list {
			must(b.h.t, w.WriteField(k, v))
		}
	}
	f, err := w.CreateFormFile("upload", file.name)
	must(b.h.t, err)
	_, err = f.Write([]byte(file.content))
	must(b.h.t, err)
	must(b.h.t, w.Close())
	req, err := http.NewRequest(http.MethodPost, b.h.base+path, &body)
	must(b.h.t, err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return b.h.do(b.client, req, 0)
}

var takeOff = regexp.MustCompile(`name="unfile" value="(\d+)"`)

// attaches adds a file in the composer. taken is false when the composer refuses it.
func (h *house) attaches(b *browser, ref string, file fileWith) (page answer, taken bool) {
	h.t.Helper()
	f := form(h.t, b.get("/e/"+ref+"/reply", http.StatusOK).body, "reply")
	f.Set("do", "attach")
	page = b.posts("/e/"+ref+"/reply", f, file)
	return page, takeOff.MatchString(page.body) // with the findings of the check, if there are any
}

// takesOff removes every file of the draft again.
func (h *house) takesOff(b *browser, ref string) {
	h.t.Helper()
	for {
		page := b.get("/e/"+ref+"/reply", http.StatusOK)
		m := takeOff.FindStringSubmatch(page.body)
		if m == nil {
			return
		}
		f := form(h.t, page.body, "reply")
		f.Del("do")
		f.Set("unfile", m[1])
		b.post("/e/"+ref+"/reply", f, 0)
	}
}

// keepsIn attaches each of the files to a harmless letter and wants it stopped.
func (h *house) keepsIn(b *browser, ref, text string, files []fileWith) {
	h.t.Helper()
	stopped := 0
	for _, x := range files {
		h.later(30 * time.Second) // nobody attaches that quickly, and asking the check has a limit
		page, taken := h.attaches(b, ref, x)
		if !taken {
			// A kind that letters do not carry: said so, and nothing of it is there.
			if page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, `href="#upload"`) {
				h.t.Errorf("%s: not taken, with %d: %s", x.kind, page.status, words(page.body))
			}
			h.t.Logf("%s is refused at once", x.kind)
			continue
		}
		h.stops(x.kind, h.writes(b, ref, text, nil, nil))
		stopped++
		h.takesOff(b, ref)
	}
	if stopped < len(files)-3 {
		h.t.Errorf("only %d of %d files came as far as the check", stopped, len(files))
	}
}

// TestScenarioWrongChildInAFile (S5): the other child's name, number or reference in
// an attached file, and the file's name, stop the letter; the right child's plan goes.
func TestScenarioWrongChildInAFile(t *testing.T) {
	h := open(t, plan{})
	ctx := context.Background()
	const rosie, zoe, upn = "rosie@family.example", "zoe@family.example", "Z990000000001"
	h.family("WM-5101", "Alfie Blake", "priya", rosie, "Rosie Blake")
	h.family("WM-5102", "Alfie Blakely", "priya", zoe, "Zoe Blakely")
	must(t, h.app.store.Write(ctx, func(tx tickets.Tx) error {
		c, err := tx.CaseByID(ctx, h.cases["WM-5102"].ID)
		if err != nil {
			return err
		}
		c.UPN, c.DOB = upn, "2016-09-17"
		return tx.UpdateCase(ctx, c)
	}))
	h.takes(letter("r1@family.example", rosie, "Final plan", "Please send the final plan of Alfie."))
	h.until("an acknowledgement", func() bool { return len(h.to(rosie)) == 1 })
	ref, priya := h.only(rosie), h.signIn("priya")
	const text = "Dear Rosie,\n\nThe final plan is attached.\n\nPriya Nair"
	h.keepsIn(priya, ref, text, filesWith(t, "Final plan for Alfie Blakely"))
	h.keepsIn(priya, ref, text, filesWith(t, "Pupil number "+upn)[:12])
	for _, x := range []fileWith{
		{"reference", "plan.txt", "Plan of WM-5102\n"},
		{"file name", "Final_plan_Alfie_Blakely.txt", "The plan is ready.\n"},
		{"file name in a zip", "papers.zip", zipWith(t, map[string]string{"Final_plan_Alfie_Blakely.txt": "The plan is ready."})},
	} {
		h.keepsIn(priya, ref, text, []fileWith{x})
	}
	// The right child's, in peace.
	if page, taken := h.attaches(priya, ref, fileWith{"", "Final_plan_Alfie_Blake.docx", docxWith(t, map[string]string{"": "<w:p><w:r><w:t>The final plan for Alfie Blake.</w:t></w:r></w:p>"})}); !taken {
		t.Fatalf("the plan is not taken: %s", words(page.body))
	}
	h.leaves("the right plan", h.writes(priya, ref, text, nil, nil), rosie, "final plan is attached")
	if m := h.to(rosie); !strings.Contains(string(m[len(m)-1].Data), "Final_plan_Alfie_Blake.docx") {
		t.Errorf("the letter has no file:\n%s", m[len(m)-1].Data)
	}
	h.outsiders("blakely", "WM-5102", upn)
}

// TestScenarioSeparatedParentsInAFile (S4): the mother's new address, in files of many
// kinds, reaches no letter to the father.
func TestScenarioSeparatedParentsInAFile(t *testing.T) {
	h := open(t, plan{})
	ctx := context.Background()
	const layla, tariq, address = "layla@family.example", "tariq@home.example", "14 Harbour View, Seaholme, ZZ9 4QT"
	h.family("WM-3301", "Idris Haddad", "priya", layla, "Layla Haddad")
	father := h.relative("WM-3301", "father", tariq, "Tariq Mansour")
	mother, ola := h.people[layla].ID, actor(t, h, "ola")
	_, err := h.app.desk.AddRestriction(ctx, ola, tickets.RestrictionRequest{CaseRef: "WM-3301", PersonID: mother, AgainstID: father, Kind: register.AddressProtected, Source: register.SourceFamily, Reason: "She asked; evidence follows."}, h.now())
	must(t, err)
	_, err = h.app.desk.AddPostal(ctx, ola, mother, tickets.PostalRequest{Lines: "14 Harbour View\nSeaholme", Postcode: "ZZ9 4QT", Confidential: true}, h.now())
	must(t, err)
	_, err = h.app.desk.ProtectFact(ctx, ola, tickets.ProtectRequest{CaseRef: "WM-3301", PersonID: mother, AgainstID: father, Kind: register.FactAddress, Value: address}, h.now())
	must(t, err)
	h.takes(letter("t1@home.example", tariq, "Draft plan", "Please send the draft plan."))
	h.until("his acknowledgement", func() bool { return len(h.to(tariq)) == 1 })
	his, priya := h.only(tariq), h.signIn("priya")
	files := append(filesWith(t, "Home: "+address),
		fileWith{"calendar", "visit.ics", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20251201T100000Z\r\nSUMMARY:Visit\r\nLOCATION:" + strings.ReplaceAll(address, ",", "\\,") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"},
		fileWith{"an email", "mail.eml", string(letter("x@mail.example", "someone@mail.example", "Visit", "We met at "+address+"."))})
	h.keepsIn(priya, his, "Dear Tariq,\n\nThe draft plan is attached.\n\nPriya Nair", files)
	h.later(time.Hour)
	must(t, h.app.dispatchDue(ctx))
	h.outsiders("harbour", "seaholme", "zz9", "4qt")
}
