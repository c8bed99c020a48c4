package check

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"hearback/mailbox/guard"
)

// maxLine is the longest line that is read: a letter of 10 MB with its facts.
const maxLine = 64 << 20

// deadline is the time that a decision may take, as in the dispatcher.
const deadline = 2 * time.Second

// Answer is what is printed for one line.
type Answer struct {
	ID       string   `json:"id"`
	Decision string   `json:"decision"` // allow, warn, confirm or block
	Rules    []string `json:"rules"`    // ids, the most severe first
	Message  string   `json:"message"`  // plain words for the author
	MS       float64  `json:"ms"`       // milliseconds of the decision alone, without reading the line
}

// ErrUnreadable is joined into Run's error when a line could not be read. The
// line's answer is a block.
var ErrUnreadable = errors.New("a line could not be read")

// Run reads lines from in and writes one answer a line to out, in their order.
// A line that cannot be read is answered with a block, and Run goes on; it then
// returns ErrUnreadable at the end.
func Run(ctx context.Context, in io.Reader, out io.Writer) error {
	warm()
	r := bufio.NewReaderSize(in, 1<<20)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	var bad []error
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		raw, tooLong, err := readLine(r)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading line %d: %w", n, err)
		}
		if tooLong || strings.TrimSpace(string(raw)) != "" {
			a, lineErr := answer(ctx, raw)
			if tooLong {
				lineErr = errors.New("longer than 64 MB")
			}
			if lineErr != nil {
				bad = append(bad, fmt.Errorf("line %d: %w: %w", n, ErrUnreadable, lineErr))
				a.Decision, a.Rules = string(guard.Block), []string{guard.RuleCaseData}
				a.Message = fmt.Sprintf("Line %d cannot be read, so nothing may be sent: %v", n, lineErr)
			}
			if werr := enc.Encode(a); werr != nil {
				return fmt.Errorf("writing an answer: %w", werr)
			}
		}
		if err != nil {
			return errors.Join(bad...)
		}
	}
}

// warm has the guard read its lists, so that the first answer does not take longer than
// the others.
func warm() {
	guard.Judge(guard.Letter{Purpose: guard.PurposeReply, To: []string{"a@one.example"}, Envelope: []string{"a@one.example"}, Audience: []string{"a@one.example"}, Text: "Dear A, we will write again."},
		guard.Facts{Complete: true, StaffDomains: []string{"two.example"}})
}

// readLine reads to the next line end. A line that is too long is read to its
// end and thrown away.
func readLine(r *bufio.Reader) (raw []byte, tooLong bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(raw)+len(part) > maxLine {
			tooLong, raw = true, nil
		}
		if !tooLong {
			raw = append(raw, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return raw, tooLong, err
		}
	}
}

// answer judges one line.
func answer(ctx context.Context, raw []byte) (Answer, error) { return answerWith(ctx, raw, nil) }

// answerWith judges one line with phrases of a council.
func answerWith(ctx context.Context, raw []byte, lists *guard.Lists) (Answer, error) {
	var l line
	if err := json.Unmarshal(raw, &l); err != nil {
		// The id, when it can be had, so that the line can be found.
		var id struct{ ID string }
		_ = json.Unmarshal(raw, &id)
		return Answer{ID: id.ID}, err
	}
	switch {
	case l.Setup == nil:
		return Answer{ID: l.ID}, errors.New("there is no setup")
	case l.Outbound == nil:
		return Answer{ID: l.ID}, errors.New("there is no outbound")
	}
	letter, facts := l.letterOf(), l.factsOf()
	facts.Lists = lists
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	v := guard.JudgeWithin(ctx, letter, facts)
	return Answer{
		ID: l.ID, Decision: string(v.Decision), Rules: append([]string{}, v.Rules(guard.Warn)...),
		Message: guard.Words(v.Findings), MS: float64(time.Since(start).Microseconds()) / 1000,
	}, nil
}
