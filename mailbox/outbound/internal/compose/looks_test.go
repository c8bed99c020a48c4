package compose

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hearback/tickets"
	"hearback/tickets/wording"
)

// HEARBACK_LOOKS=DIR writes the formatted half of a reply and of every letter to
// families, in usual and in large print, for looking at them in a browser.
func TestLooks(t *testing.T) {
	dir := os.Getenv("HEARBACK_LOOKS")
	if dir == "" {
		t.Skip("set HEARBACK_LOOKS to a directory to write letters for looking at")
	}
	body := "Dear Tessa,\n\nThank you for your email. I have read it, and the report from Hartfield Primary came with it. Here is what happens next:\n\n" +
		"- The taxi comes at 8am from Monday 30 November.\n- The draft plan comes to you by 4 December.\n\nPlease do two things:\n\n1. Read the plan. Take your time.\n2. Tell us what is missing.\n\n" +
		"There is more at https://www.westmarsh.example/send/plans.\n\nYours sincerely\nDean Foss\n"
	c := composer(t, Sender{Name: "North SEN team"})
	write := func(name string, claim *tickets.Claim) {
		t.Helper()
		claim.Answers.ReplyText = "Hello,\n\nwhen does the taxi come? See https://forum.example/taxi\n\nTessa"
		claim.Head = tickets.Letterhead{Signature: "North SEN team, Westmarsh Council\n01234 000100, Monday to Friday, 9am to 5pm", Logo: logo(t), LogoType: "image/png", LogoAlt: "Westmarsh Council"}
		for print, points := range map[string]int{"usual": 0, "large": 20} {
			if claim.Print = nil; points > 0 {
				claim.Print = map[int64]int{0: points}
			}
			copies, err := c.Copies(claim, now())
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			r := readGo(t, name, copies[0].Bytes)
			page := strings.ReplaceAll(r.HTML, "cid:"+r.Files[0].CID, "logo.png")
			if err := os.WriteFile(filepath.Join(dir, name+"-"+print+".html"), []byte(page), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "logo.png"), logo(t), 0o600); err != nil {
		t.Fatal(err)
	}
	claim := reply()
	claim.Letter.Body, claim.Letter.QuoteAnswer = body, true
	write("reply", claim)
	for name, claim := range familyLetters(t) {
		write(name, claim)
	}
}

// familyLetters are the letters to families in every situation that they know.
func familyLetters(t *testing.T) map[string]*tickets.Claim {
	t.Helper()
	out := map[string]*tickets.Claim{}
	for _, l := range wording.Letters() {
		words, err := wording.Standard(l.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range l.Situations() {
			claim := reply()
			o := &claim.Letter
			o.Body, o.Template, o.Purpose, o.Subject, o.Fields = "", l.Name, tickets.PurposeAck, words.Subject, l.Examples(x.Name, nil)
			if l.Name == wording.Receipt || l.Name == wording.ReceiptNeutral {
				o.Purpose = tickets.PurposeReceipt
			}
			out[l.Name+"-"+x.Name] = claim
		}
	}
	return out
}
