package main

import (
	"net/http"
	"strings"
	"testing"
)

// TestNoteCannotLeaveByARecipientsName: what the register calls somebody stands in To.
// Red: mailbox/guard/views.go plainHeader leaves To, Cc, From and Reply-To out of every
// view, so that NOTE-CONTENT never reads a display name.
func TestNoteCannotLeaveByARecipientsName(t *testing.T) {
	h := open(t, plan{})
	h.dovecot.Append(t, h.user, "INBOX", letter("a@family.example", "tessa@family.example", "Transport", "When does the bus come?"), h.now())
	h.until("an acknowledgement", func() bool { return len(h.to("tessa@family.example")) == 1 })
	ref := h.only("tessa@family.example")
	h.api(http.MethodPost, "/tickets/"+ref+"/notes", map[string]any{"text": insult}, nil, http.StatusCreated)
	father := h.relative("WM-2201", "father", "rob@family.example", insult)
	a := h.api(http.MethodPost, "/tickets/"+ref+"/review", map[string]any{"to": []int64{father}, "text": "The bus comes at ten past eight."}, nil, 0)
	if !strings.Contains(a.body, "NOTE-CONTENT") {
		t.Errorf("the guard says nothing of the note: %d %s", a.status, a.body)
	}
}
