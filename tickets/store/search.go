package store

import (
	"context"
	"slices"
	"strings"

	"hearback/tickets"
	"hearback/tickets/access"
)

// minPrefix is how many letters stand for every word that begins with them. Two
// letters begin a tenth of all words, which is neither quick nor of use.
const minPrefix = 3

// match is a question in the language of the index. Words hold letters and
// digits only, so quoting them is all that is needed; the last may be the
// beginning of a longer one, because people type.
func (q *queries) match(words []string) string {
	var b strings.Builder
	for i, w := range words {
		prefix := i == len(words)-1 && len(w) >= minPrefix
		if q.engine == Postgres {
			if i > 0 {
				b.WriteString(" & ")
			}
			b.WriteString("'" + w + "'")
			if prefix {
				b.WriteString(":*")
			}
			continue
		}
		if i > 0 {
			b.WriteString(" ")
		}
		b.WriteString(`"` + w + `"`)
		if prefix {
			b.WriteString("*")
		}
	}
	return b.String()
}

type hitRow struct {
	ID       int64   `db:"id"`
	TicketID int64   `db:"ticket_id"`
	At       instant `db:"received_at"`
}

// Search implements tickets.Reader: tickets whose reference or names are asked
// for first, then messages with the words, newest first.
func (r reader) Search(ctx context.Context, a access.Actor, typed string, limit int) ([]tickets.SearchHit, error) {
	words := terms(typed, maxTerms)
	if len(words) == 0 || !a.SeesCases() {
		return nil, nil
	}
	if err := r.indexWritten(ctx); err != nil {
		return nil, err
	}
	limit = limitOf(limit)
	q := r.db.q
	named, err := r.namedTickets(ctx, a, typed, words, limit)
	if err != nil {
		return nil, err
	}
	var hits []hitRow
	if len(named) < limit {
		err := newList("search", q.SelectHits).and(q.HitsMatch, q.match(words)).andCond(q.seesTicket(a)).
			tail(q.OrderHits, limit-len(named)).rows(ctx, r.session, &hits)
		if err != nil {
			return nil, err
		}
	}
	ids := append(slices.Clone(named), nonZero(hits, func(h hitRow) int64 { return h.TicketID })...)
	slices.Sort(ids)
	views, err := r.ticketViews(ctx, a, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]tickets.TicketView, len(views))
	for _, v := range views {
		byID[v.ID] = v
	}
	var out []tickets.SearchHit
	for _, id := range named {
		v := byID[id]
		out = append(out, tickets.SearchHit{Ticket: v, Snippet: snippet(v.Subject, words), At: v.LastInboundAt})
	}
	texts, err := r.hitTexts(ctx, hits, words)
	if err != nil {
		return nil, err
	}
	for _, h := range hits {
		out = append(out, tickets.SearchHit{Ticket: byID[h.TicketID], MessageID: h.ID, Snippet: texts[h.ID], At: h.At.time()})
	}
	return out, nil
}

// indexWritten lets a transaction find its own messages.
func (r reader) indexWritten(ctx context.Context) error {
	if r.tx == nil {
		return nil
	}
	return r.tx.writeIndex(ctx)
}

// namedTickets are tickets whose own or whose case's reference, child or
// requester is asked for, newest first.
func (r reader) namedTickets(ctx context.Context, a access.Actor, typed string, words []string, limit int) ([]int64, error) {
	q := r.db.q
	var ids []int64
	err := newList("tickets by name", q.SelectTicketID).andCond(q.anyOf(q.named(typed, words))).and(q.ViewAll).andCond(q.seesTicket(a)).tail(q.OrderNewest, min(limit, 10)).rows(ctx, r.session, &ids)
	return ids, err
}

// hitTexts are the snippets of the hits, by message.
func (r reader) hitTexts(ctx context.Context, hits []hitRow, words []string) (map[int64]string, error) {
	out := make(map[int64]string, len(hits))
	ids := nonZero(hits, func(h hitRow) int64 { return h.ID })
	if len(ids) == 0 {
		return out, nil
	}
	var rows []struct {
		MessageID int64   `db:"message_id"`
		Subject   string  `db:"subject"`
		Words     string  `db:"words"`
		Reply     *string `db:"reply"`
	}
	if err := r.allIn(ctx, &rows, r.db.q.BodiesByID, ids); err != nil {
		return nil, err
	}
	for _, row := range rows {
		text := row.Words
		if row.Reply != nil && hasWord(*row.Reply, words) {
			text = *row.Reply
		}
		if !hasWord(text, words) && hasWord(row.Subject, words) {
			text = row.Subject
		}
		out[row.MessageID] = snippet(text, words)
	}
	return out, nil
}

// span is a word in a text, in bytes.
type span struct{ from, to int }

// wordsIn calls f for each word of a text until it says stop.
func wordsIn(text string, f func(s span, folded string) bool) {
	start := -1
	for i, r := range text {
		if isWordRune(r) || start >= 0 && isMark(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			if !f(span{start, i}, fold(text[start:i])) {
				return
			}
			start = -1
		}
	}
	if start >= 0 {
		f(span{start, len(text)}, fold(text[start:]))
	}
}

// asked reports whether a folded word is one of those asked for.
func asked(folded string, words []string) bool {
	for i, w := range words {
		if folded == w || i == len(words)-1 && len(w) >= minPrefix && strings.HasPrefix(folded, w) {
			return true
		}
	}
	return false
}

func hasWord(text string, words []string) (has bool) {
	wordsIn(text, func(_ span, folded string) bool {
		has = asked(folded, words)
		return !has
	})
	return has
}

// snippet is the part of a text around the first word found, as one line, with
// the words found between \x02 and \x03.
func snippet(text string, words []string) string {
	const before, length = 60, 240
	first := -1
	wordsIn(text, func(s span, folded string) bool {
		if asked(folded, words) {
			first = s.from
		}
		return first < 0
	})
	from := max(first-before, 0)
	for from > 0 && from < len(text) && !boundary(text, from) {
		from++
	}
	to := min(from+length, len(text))
	for to < len(text) && !boundary(text, to) {
		to++
	}
	part := clean(text[from:to])
	var b strings.Builder
	if from > 0 {
		b.WriteString("... ")
	}
	done := 0
	wordsIn(part, func(s span, folded string) bool {
		if asked(folded, words) {
			b.WriteString(oneLine(part[done:s.from]) + "\x02" + oneLine(part[s.from:s.to]) + "\x03")
			done = s.to
		}
		return true
	})
	b.WriteString(oneLine(part[done:]))
	if to < len(text) {
		b.WriteString(" ...")
	}
	return strings.TrimSpace(b.String())
}

// boundary reports whether a word could begin or end at i.
func boundary(text string, i int) bool {
	c := text[i]
	return c == ' ' || c == '\n' || c == '\t' || c == '\r'
}

// oneLine turns runs of white space and control characters into one space: the
// marks of a snippet must not come from the text.
func oneLine(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		if r <= ' ' || r == 0x7f {
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}
