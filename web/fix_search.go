package web

import (
	"context"
	"strings"
)

// maxProbes bounds how often one press asks the check.
const maxProbes = 120

// prober asks the check about variants of a draft: does a finding remain?
type prober struct {
	s    *Server
	c    *Ctx
	ctx  context.Context
	d    *draft
	key  string
	left int
	err  error
}

// finds reports whether the finding is there when the text is text.
func (p *prober) finds(text string, unquoted bool) bool {
	if p.left--; p.left < 0 || p.err != nil {
		return true
	}
	try := *p.d
	try.text, try.unquoted, try.confirmed, try.digest = text, unquoted, nil, ""
	if strings.TrimSpace(text) == "" {
		return false
	}
	r, err := p.s.Review.Review(p.ctx, p.c.Actor, ReviewRequest{Reply: p.s.request(&try), Now: p.c.Now, Series: true})
	if err != nil {
		p.err = err
		return true
	}
	for _, f := range r.Verdict.Findings {
		if key(f) == p.key {
			return true
		}
	}
	return false
}

// searchOut takes out of the text what a finding is about, wherever it stands: it
// asks the check about the text without each sentence, then without each paragraph.
// The guard's finding says where and never which words, so that it tells nobody
// anything; the writer's own words are all that is looked at here.
func (s *Server) searchOut(c *Ctx, d *draft, key string) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), searching)
	defer cancel()
	p := &prober{s: s, c: c, ctx: ctx, d: d, key: key, left: maxProbes}
	if !p.finds(d.text, d.unquoted) {
		return // it is gone already
	}
	for _, spans := range [][][]int{sentenceSpans(d.text), paragraphSpans(d.text)} {
		for _, at := range spans {
			if rest := d.text[:at[0]] + d.text[at[1]:]; !p.finds(rest, d.unquoted) && p.err == nil {
				taken(d, d.text[at[0]:at[1]], rest)
				return
			}
		}
	}
	if d.answers != nil && !d.unquoted && !p.finds(d.text, true) && p.err == nil {
		d.unquoted = true
		d.note = "The email below your text is left out."
		return
	}
	if rest, out := p.several(); out != "" {
		taken(d, out, rest)
		return
	}
	d.note = "We could not find the place by ourselves. Change the words and check again."
}

// several takes out every sentence without which fewer places are left: from the
// end to the start, each sentence that alone brings the finding up.
func (p *prober) several() (rest, out string) {
	greeting := greetingLine(p.d.text)
	rest = p.d.text
	spans := sentenceSpans(p.d.text)
	for i := len(spans) - 1; i >= 0; i-- {
		at := spans[i]
		alone := p.d.text[at[0]:at[1]]
		if strings.TrimSpace(alone) == strings.TrimSpace(greeting) || !p.finds(greeting+"\n\n"+alone, true) {
			continue
		}
		rest, out = rest[:at[0]]+rest[at[1]:], alone+out
	}
	if p.err != nil || p.left < 0 || out == "" || p.finds(rest, p.d.unquoted) {
		return "", ""
	}
	return rest, out
}

func taken(d *draft, out, rest string) {
	d.text = rest
	d.note = "Taken out: “" + strings.TrimSpace(shorten(out)) + "”"
}

// shorten keeps a notice to a length that can be read.
func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return firstRunes(s, 200)
}
