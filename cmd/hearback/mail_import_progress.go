package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// meter shows how far a long command is: as a bar on a terminal, elsewhere as
// a line every 5 % when lines is set.
type meter struct {
	w        io.Writer
	what     string
	total    int64 // 0: not known
	lines    bool
	terminal bool

	done  int64
	shown int64 // the step that was shown last
	width int   // of what stands on the terminal's line
}

func newMeter(w io.Writer, what string, total int64) *meter {
	return &meter{w: w, what: what, total: total, terminal: isTerminal(w), shown: -1}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// add notes that n more are done; words says the same for people.
func (p *meter) add(n int64, words string) {
	p.done += n
	if !p.terminal && !p.lines {
		return
	}
	steps := int64(20)
	if p.terminal {
		steps = 1000
	}
	step := p.done // without a total, whatever there is to say
	if p.total > 0 {
		step = min(p.done*steps/p.total, steps)
	}
	if step == p.shown {
		return
	}
	p.shown = step
	line := fmt.Sprintf("%s: %s", p.what, words)
	if p.total > 0 {
		percent := min(p.done*100/p.total, 100)
		line = fmt.Sprintf("%s: %3d %%, %s", p.what, percent, words)
		if p.terminal {
			const width = 30
			full := int(percent * width / 100)
			line = fmt.Sprintf("%s [%s%s] %3d %% %s", p.what, strings.Repeat("#", full), strings.Repeat(".", width-full), percent, words)
		}
	}
	if !p.terminal {
		_, _ = fmt.Fprintln(p.w, line)
		return
	}
	_, _ = fmt.Fprintf(p.w, "\r%-*s", p.width, line)
	p.width = max(p.width, len(line))
}

// end leaves the terminal's line.
func (p *meter) end() {
	if p.terminal && p.width > 0 {
		_, _ = fmt.Fprintln(p.w)
		p.width = 0
	}
}
