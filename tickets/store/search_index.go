package store

import (
	"context"
	"strings"

	"hearback/tickets"
)

// index puts a message into the search index, in the transaction that stores it
// (writeIndex).
//
// What is indexed is the subject, the sender and what was written this time.
// Quoted mail is left out when the ticket has earlier messages: it is indexed
// there. The first message of a ticket is indexed whole, because what it quotes
// or forwards may be nowhere else. Summaries of calls and notes are private and
// are not in the index.
func (t *tx) index(ctx context.Context, m *tickets.Message) error {
	body := m.ReplyText
	if m.Text != m.ReplyText {
		whole := strings.TrimSpace(body) == ""
		if !whole && m.TicketID != 0 {
			var others int
			if err := t.get(ctx, &others, t.db.q.OthersOnTicket, m.TicketID, m.ID); err != nil {
				return err
			}
			whole = others == 0
		}
		if whole || m.TicketID == 0 {
			body = m.Text
		}
	}
	words := terms(m.Subject+"\n"+m.FromName+"\n"+m.FromEmail+"\n"+body, 0)
	if len(words) == 0 {
		return nil
	}
	t.words = append(t.words, indexed{m.ID, strings.Join(words, " ")})
	return nil
}

// indexed is a message with its words.
type indexed struct {
	messageID int64
	words     string
}

// writeIndex writes the words that wait. They wait for the end of the
// transaction because FTS5 writes out what it has gathered whenever a savepoint
// begins, also the one that SQLite puts around many a statement: message by
// message that is more than twice the work.
func (t *tx) writeIndex(ctx context.Context) error {
	for _, w := range t.words {
		if _, err := t.exec(ctx, t.db.q.WordsInsert, w.messageID, w.words); err != nil {
			return err
		}
	}
	t.words = nil
	return nil
}
