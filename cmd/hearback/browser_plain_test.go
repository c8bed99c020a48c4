package main

import (
	"net/http"
	"net/smtp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// plain gives somebody's window with scripts switched off.
func (v *visit) plain(t *testing.T, who string) *window {
	t.Helper()
	w := v.as(t, "")
	delete(v.windows, "")
	_, err := chromedp.Call(w.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	must(t, err)
	w.signIn(who)
	if look[bool](w, `document.documentElement.classList.contains("js")`) {
		t.Fatal("scripts run although they are switched off")
	}
	return w
}

// worksWithoutScript does a day's work by forms and links alone.
func (v *visit) worksWithoutScript(t *testing.T, later *outcome) {
	later.byForm = v.family(t, "farah.siddiqui@home.example")
	ref := v.write(t, later.byForm, "A form by hand", "text/plain", "Please may I fill in the form by hand?")
	later.formed = ref
	w := v.plain(t, "dean.foss")
	w.open("/inbox")
	w.loads(click("#row-" + ref + " .hb-row__link"))
	w.loads(click(`#preview a[data-key="o"]`))
	w.reads("Please may I fill in the form by hand?")

	w.loads(click(`a[data-key="n"]`))
	w.fill("#note-text", "Asked the print room for a paper copy.")
	w.loads(click(`#note [value="save"]`))
	w.reads("Note saved", "Asked the print room for a paper copy.")

	w.loads(click(`.hb-actionbar a[data-key="r"]`))
	w.fill("#text", "Dear Farah, of course. The form was written by hand by many families, and I read every one.")
	w.loads(click(`#verdict [value="check"]`))
	w.reads("No problems found by the check")
	if got := look[string](w, `document.getElementById("text").value`); !strings.Contains(got, "of course") {
		t.Errorf("the check lost the text: %q", got)
	}
	w.fill("#text", "Dear Farah, of course. The form was written by hand by many families, and I read each one.")
	if status := w.loads(click("#send")); status != http.StatusOK || look[string](w, `location.pathname`) != "/e/"+ref {
		t.Fatalf("Send led to %d:\n%s", status, w.text())
	}
	w.reads("Waiting to go to " + later.byForm.name)

	w.loads(click(`.hb-actionbar a[data-key="l"]`))
	w.reads(later.byForm.name)
	w.fill("#said", "Rang to say that the form is in the post.")
	w.do(click(`[name="way"][value="out"]`))
	w.loads(click(`.hb-call [value="save"]`))
	w.reads("Call saved", "Rang to say that the form is in the post.")
}

// dutyWithoutScript puts a stranger's mail on a case.
func (v *visit) dutyWithoutScript(t *testing.T) {
	const subject = "About my granddaughter's turmeric lunch"
	raw := "Message-ID: <grandmother@post.example>\r\nFrom: Nora Quill <nora.quill@post.example>\r\nTo: " + demoMailbox + "\r\nSubject: " + subject + "\r\n\r\nI look after Amelia on Mondays. Who do I tell about her lunch?\r\n"
	box := signInIMAP(t, v.d.imap, "nora.quill@post.example")
	must(t, smtp.SendMail(v.d.smtp, nil, "nora.quill@post.example", []string{demoMailbox}, []byte(raw)))
	receipt := box.next(t, 0)
	if strings.Contains(receipt, "SEN-") || strings.Contains(receipt, "Amelia") || strings.Contains(receipt, "turmeric") {
		t.Errorf("a stranger is told:\n%s", receipt)
	}
	w := v.plain(t, "sam.tully")
	w.open("/duty")
	href := look[string](w, `[...document.querySelectorAll(".hb-queue__row")].find(r => r.textContent.includes("turmeric"))?.querySelector("a").getAttribute("href") ?? ""`)
	if href == "" {
		t.Fatalf("the mail is not on the duty list:\n%s", w.text())
	}
	w.loads(click(`.hb-queue__row a[href="` + href + `"]`))
	w.reads("I look after Amelia on Mondays")
	w.do(click(`[name="case"][value="other"]`))
	w.fill("#case-ref", "wm-1952")
	if status := w.loads(click(`#queue-item [value="case"]`)); status != http.StatusOK {
		t.Errorf("the form was answered with %d", status)
	}
	w.reads("is on case WM-1952")
	for _, k := range v.d.tickets("?limit=200&sort=newest").Items {
		if k.Subject == subject {
			if k.State != "open" {
				t.Errorf("%s is %s", k.Ref, k.State)
			}
			return
		}
	}
	t.Error("the enquiry is not to be found")
}
