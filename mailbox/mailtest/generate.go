package mailtest

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// window is how many of the latest mails may be answered.
const window = 200

// Generate makes n mails, one after the other, so that a large number needs little
// memory. The same seed and options give the same bytes (as far as
// GenOptions.ReplyAddress does), and a larger n the same beginning.
func Generate(seed int64, n int, options GenOptions) iter.Seq[Mail] {
	return func(yield func(Mail) bool) {
		g := newGenerator(seed, options)
		for range n {
			if !yield(g.next()) {
				return
			}
		}
	}
}

// GenerateAll is Generate as a slice.
func GenerateAll(seed int64, n int, options GenOptions) []Mail {
	return slices.Collect(Generate(seed, n, options))
}

// generator makes one mail after the other.
type generator struct {
	options GenOptions
	rand    *rand.Rand // what is written
	noise   *rand.Rand // the bytes of attachments, apart so that their size moves nothing else
	n       int
	now     time.Time
	threads map[string][]string // root to the IDs in it, oldest first
	recent  []past              // the latest mails that people wrote, oldest first
	latest  []Mail              // the latest deliveries, for duplicates; at most 20
}

// past is what a later mail needs to know of an earlier one.
type past struct {
	Truth
	family  Family
	root    Truth
	excerpt string // what a reply quotes
}

func newGenerator(seed int64, options GenOptions) *generator {
	if options.Mailbox == "" {
		options.Mailbox = "sen.team@northshire.example"
	}
	if options.Start.IsZero() {
		options.Start = time.Date(2026, 9, 1, 7, 0, 0, 0, time.UTC)
	}
	if options.Gap == 0 {
		options.Gap = time.Minute
	}
	if len(options.Families) == 0 {
		options.Families = Families(seed, 400)
	}
	if options.AttachmentMin == 0 {
		options.AttachmentMin = 2000
	}
	if options.AttachmentMax == 0 {
		options.AttachmentMax = 60_000
	}
	return &generator{
		options: options,
		rand:    random(seed, 'm'), noise: random(seed, 'a'),
		now:     options.Start.Truncate(time.Second),
		threads: make(map[string][]string),
	}
}

// next makes the next mail.
func (g *generator) next() Mail {
	n := g.n
	g.n++
	kind, duplicate := g.kind()
	sameSecond := g.rand.Float64() < g.options.SameSecond
	var mail Mail
	switch answers := g.answerable(n, kind, sameSecond); {
	case duplicate && len(g.latest) > 0:
		g.step()
		mail = g.redeliver(n)
	case answers == nil:
		mail = g.write(n, KindNew, nil, false)
	default:
		mail = g.write(n, kind, answers, kind == KindReply && sameSecond && answers.N == n-1)
	}
	g.latest = keepLast(append(g.latest, mail), 20)
	return mail
}

// kind draws what the next mail is to be.
func (g *generator) kind() (kind Kind, duplicate bool) {
	o, roll := g.options, g.rand.Float64()
	if roll -= o.Duplicates; roll < 0 {
		return KindNew, true
	}
	if roll -= o.Replies; roll < 0 {
		return KindReply, false
	}
	if roll -= o.AutoReplies; roll < 0 {
		return KindAutoReply, false
	}
	if roll -= o.Strangers; roll < 0 {
		return KindStranger, false
	}
	return KindNew, false
}

// answerable gives the mail that mail n answers; nil when it is to begin a thread.
// In the same second one can only answer the mail that came right before; where
// that cannot be answered, another is taken at another time.
func (g *generator) answerable(n int, kind Kind, sameSecond bool) *past {
	late := keepLast(g.recent, window)
	if kind == KindNew || len(late) == 0 {
		return nil
	}
	if last := &late[len(late)-1]; kind == KindReply && sameSecond && last.N == n-1 {
		return last
	}
	return &late[g.rand.IntN(len(late))]
}

// step lets time pass until the next mail: at least a second, on average the gap.
func (g *generator) step() {
	if g.n == 1 {
		return // the first mail comes at the start
	}
	g.now = g.now.Add(time.Second + time.Duration(g.rand.Float64()*2*float64(g.options.Gap-time.Second))).Truncate(time.Second)
}

// write makes a mail that was not there before.
func (g *generator) write(n int, kind Kind, answers *past, sameSecond bool) Mail {
	if !sameSecond {
		g.step()
	}
	d := &draft{g: g}
	d.Truth = Truth{N: n, Original: n, Kind: kind, Received: g.now, SameSecond: sameSecond, To: g.options.Mailbox}
	d.ID = fmt.Sprintf("<%d.%016x@%s>", n, g.rand.Uint64(), pick(g.rand, providers()))
	root := &d.Truth
	if answers == nil {
		d.family = pick(g.rand, g.options.Families)
		d.Root = d.ID
	} else {
		d.family, d.answers = answers.family, answers
		d.Root, d.Answers = answers.Root, answers.ID
		// A machine always answers the team's letter and people often do; we do not know
		// that letter's ID, but like the letter they go on citing the thread.
		if kind == KindAutoReply || !sameSecond && g.rand.IntN(2) == 0 {
			d.Answers = fmt.Sprintf("<letter.%016x@%s>", g.rand.Uint64(), domainOf(g.options.Mailbox))
		}
		root = &answers.root
		if kind == KindStranger {
			d.family = g.stranger(n, d.family)
		}
	}
	d.From, d.Name, d.Child = d.family.Address, d.family.Name, d.family.Child
	if kind == KindReply && g.options.ReplyAddress != nil {
		if to := g.options.ReplyAddress(*root); to != "" {
			d.To, d.Token = to, true
		}
	}
	d.write()
	mail := Mail{Truth: d.Truth, Raw: d.raw.Bytes(), Text: d.text}
	g.threads[d.Root] = append(g.threads[d.Root], d.ID)
	if kind == KindNew || kind == KindReply {
		g.remember(mail, d.family, *root)
	}
	return mail
}

// stranger is somebody who writes about the same child from an address that no
// family has.
func (g *generator) stranger(n int, f Family) Family {
	f.Name = pick(g.rand, firstNames()) + " " + pick(g.rand, surnames())
	f.Address = fmt.Sprintf("someone.%d@elsewhere.example", n)
	return f
}

func (g *generator) remember(mail Mail, f Family, root Truth) {
	excerpt := mail.Text
	if len(excerpt) > 300 {
		excerpt = strings.ToValidUTF8(excerpt[:300], "")
	}
	g.recent = append(g.recent, past{Truth: mail.Truth, family: f, root: root, excerpt: excerpt})
	if len(g.recent) > 2*window {
		// Forget threads that nobody can answer any more.
		g.recent = slices.Clone(keepLast(g.recent, window))
		alive := make(map[string][]string)
		for _, p := range g.recent {
			alive[p.Root] = g.threads[p.Root]
		}
		g.threads = alive
	}
}

// redeliver gives a late mail once more, as servers do that did not see the answer
// to the first delivery: byte for byte, or with another Received line on top.
func (g *generator) redeliver(n int) Mail {
	mail := pick(g.rand, g.latest)
	mail.N, mail.Duplicate, mail.Received = n, true, g.now
	if g.rand.IntN(2) == 0 {
		again := fmt.Sprintf("Received: from relay%d.example (relay%d.example [192.0.2.%d])\r\n\tby mx.northshire.example with ESMTPS id %08x;\r\n\t%s\r\n",
			n, n, 1+g.rand.IntN(250), g.rand.Uint32(), g.now.Format(time.RFC1123Z))
		mail.Raw = append([]byte(again), mail.Raw...)
	}
	return mail
}

func keepLast[T any](s []T, n int) []T { return s[max(0, len(s)-n):] }
