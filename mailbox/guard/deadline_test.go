package guard

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// lateContext is over once it was asked so many times: the part of the judgement that
// asks then is the slow one.
type lateContext struct {
	context.Context
	left atomic.Int64
}

func (c *lateContext) Err() error {
	if c.left.Add(-1) < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// TestSlowPartBlocks lets time run out at every place of a judgement in turn, with
// files that are long enough for several processors, too: whatever is slow, what was
// not decided in time is a block.
func TestSlowPartBlocks(t *testing.T) {
	short := letter("Dear Tamsin,\n\nThank you for the call about Milo.\n\nJo Bell\n", mother)
	long := short
	for range 2 {
		long.Files = append(long.Files, File{Name: "papers.txt", Text: strings.Repeat("The school will look at reading with Milo and write to you. ", spreadFrom/100), Readable: true})
	}
	for name, l := range map[string]Letter{"short": short, "long": long} {
		for n, late := int64(0), 0; ; n++ {
			ctx := &lateContext{Context: t.Context()}
			ctx.left.Store(n)
			v := JudgeWithin(ctx, l, facts())
			if ctx.left.Load() >= 0 {
				if late == 0 || v.Decision == Block && name == "short" {
					t.Errorf("%s: after %d questions it decided %s", name, n, v.Decision)
				}
				break // it was never late
			}
			late++
			if v.Decision != Block || !slices.Contains(v.Rules(Block), RuleCaseData) {
				t.Fatalf("%s: late at question %d, it decided %s: %v", name, n, v.Decision, v.Rules(Allow))
			}
		}
	}
}
