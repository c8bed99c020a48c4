package guard

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestTalkHeldOutByFile judges each file with weights from all others: no sentence of
// the same sitting of the same writer helps. With HEARBACK_TALK_ONLY it judges the
// files that begin so with the weights of files that do not, and no other.
func TestTalkHeldOutByFile(t *testing.T) {
	if os.Getenv("HEARBACK_TALK") == "" {
		t.Skip("HEARBACK_TALK=1 works the weights out once for each file")
	}
	samples := readSamples(t)
	if skip := os.Getenv("HEARBACK_TALK_WITHOUT"); skip != "" {
		samples = slices.DeleteFunc(samples, func(s sample) bool { return strings.HasPrefix(s.file, skip) })
	}
	var files []string
	for _, s := range samples {
		if !slices.Contains(files, s.file) {
			files = append(files, s.file)
		}
	}
	if only := os.Getenv("HEARBACK_TALK_ONLY"); only != "" {
		files = []string{only}
	}
	var total [2][4]int
	for _, file := range files {
		var train, test []sample
		for _, s := range samples {
			if strings.HasPrefix(s.file, file) {
				test = append(test, s)
			} else {
				train = append(train, s)
			}
		}
		k := trainTalk(train)
		for n, at := range []float64{talkAsks, talkStops} {
			var c [4]int
			for _, s := range test {
				p, _ := k.score(s.w, s.to)
				switch s.label {
				case 'B':
					c[1]++
					if p >= at {
						c[0]++
					} else if n == 0 && os.Getenv("HEARBACK_TALK") == "2" {
						t.Logf("missed %.2f %s %s", p, s.to, s.text)
					}
				case 'H':
					c[3]++
					if p >= at {
						c[2]++
						if n == 1 && os.Getenv("HEARBACK_TALK") == "2" {
							t.Logf("stopped %.2f %s %s", p, s.to, s.text)
						}
					}
				}
			}
			t.Logf("%s at %.1f: talk found %d of %d, harmless taken for talk %d of %d", file, at, c[0], c[1], c[2], c[3])
			for i := range c {
				total[n][i] += c[i]
			}
		}
	}
	for n, at := range []float64{talkAsks, talkStops} {
		t.Logf("all at %.1f: talk found %d of %d, harmless taken for talk %d of %d", at, total[n][0], total[n][1], total[n][2], total[n][3])
	}
}
