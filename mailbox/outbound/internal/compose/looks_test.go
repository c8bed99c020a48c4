package compose

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"hearback/tickets"
	"hearback/tickets/wording"
)

// HEARBACK_LOOKS=DIR writes the formatted half of replies and of every letter to
// families, in usual and in large print, and pictures of them as
// they look on a telephone and on a desk, for whoever judges them.
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
			page := r.HTML
			if len(r.Files) > 0 {
				page = strings.ReplaceAll(page, "cid:"+r.Files[0].CID, "logo.png")
			}
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
	plain := reply() // one person's words, a long address, and nothing quoted
	plain.Letter.Body = "Dear Tessa,\n\nWe have decided to go ahead. You can read why at https://www.westmarsh.example/send/education-health-and-care/assessments/what-we-look-at-and-why.\n\nDean Foss\n"
	write("reply-short", plain)
	for name, claim := range familyLetters(t) {
		write(name, claim)
	}
	shoot(t, dir)
}

// shoot takes pictures of the letters in a directory.
func shoot(t *testing.T, dir string) {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Log("chromium is not installed: there are no pictures")
		return
	}
	list, err := filepath.Glob(filepath.Join(dir, "*.html"))
	if err != nil || len(list) == 0 {
		t.Fatal("nothing to look at: ", err)
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-dev-shm-usage", true))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	defer stop()
	ctx, stop := chromedp.NewContext(alloc)
	defer stop()
	for _, page := range list {
		for on, width := range map[string]int64{"phone": 360, "desk": 1000} {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 200), chromedp.Navigate("file://"+page)); err != nil {
				t.Fatal(err)
			}
			wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
			if err != nil {
				t.Fatal(err)
			}
			if wide > width {
				t.Errorf("%s is %d wide on a screen of %d: it has to be pushed aside to be read", filepath.Base(page), wide, width)
			}
			picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(strings.TrimSuffix(page, ".html")+"-"+on+".png", picture, 0o600); err != nil {
				t.Fatal(err)
			}
		}
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
