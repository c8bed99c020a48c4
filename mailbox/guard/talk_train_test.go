package guard

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
)

// sample is one labelled sentence of testdata/talk.
type sample struct {
	w     []string
	to    readers
	label byte // B must not leave, T harsh, H harmless
	text  string
	group int // samples of one letter are never on both sides of a fold
	file  string
}

func readSamples(t testing.TB) []sample {
	t.Helper()
	names, err := filepath.Glob("testdata/talk/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("no sentences: %v", err)
	}
	var out []sample
	group := 0
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		var head string
		s := bufio.NewScanner(f)
		s.Buffer(nil, 1<<20)
		for s.Scan() {
			line := strings.TrimSpace(s.Text())
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			if len(line) == 7 && line[0] == '[' && line[6] == ']' {
				head = strings.Trim(line, "[]")
				continue
			}
			h := strings.Fields(head)
			if len(h) != 3 {
				t.Fatalf("%s: no heading over %q", name, line)
			}
			group++
			to := readers(h[0] + h[1])
			parts := sentenceTexts(line)
			if h[2] != "H" {
				parts = nil
			}
			for _, p := range append(parts, line) {
				w := roleNames(p)
				if len(w) == 0 || len(parts) == 1 && p == line && len(out) > 0 && out[len(out)-1].group == group {
					continue
				}
				out = append(out, sample{w, to, h[2][0], p, group, filepath.Base(name)})
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func sentenceTexts(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(".!?;", r) })
}

// roleNames are the words of a sentence of testdata, where names stand as KID, READER, FAM, STAFF.
func roleNames(text string) []string {
	w := words(text)
	raw := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,.;:!?()\"-", r) })
	roles := map[string]bool{}
	for _, r := range raw {
		r = strings.TrimSuffix(strings.TrimSuffix(r, "s"), "'")
		if r == "KID" || r == "READER" || r == "FAM" || r == "STAFF" {
			roles[strings.ToLower(r)] = true
		}
	}
	for i, x := range w {
		if roles[x] {
			w[i] = "<" + x + ">"
		} else if y := strings.TrimSuffix(x, "s"); roles[y] {
			w[i] = "<" + y + ">"
		}
	}
	return w
}

// trainTalk works out the weights by logistic regression with AdaGrad, averaged, always in
// the same order, so that the same sentences give the same weights.
func trainTalk(samples []sample) weights {
	type row struct {
		ids  []uint64
		norm float64
		s    sample
	}
	names := map[uint64]string{}
	count := map[uint64]int{}
	var rows []row
	for _, s := range samples {
		var ids []uint64
		features(s.w, s.to, func(parts ...string) {
			id := featureHash(parts...)
			ids = append(ids, id)
			if _, ok := names[id]; !ok {
				names[id] = strings.Join(parts, " ")
			}
		})
		n := len(ids)
		for i, id := range ids {
			if !slices.Contains(ids[:i], id) {
				count[id]++
			}
		}
		rows = append(rows, row{ids, talkNorm(n), s})
	}
	index := map[uint64]int{}
	var order []uint64
	for _, r := range rows {
		for _, id := range r.ids {
			if _, ok := index[id]; !ok && count[id] >= 2 {
				index[id] = len(order)
				order = append(order, id)
			}
		}
	}
	w := [2][]float64{make([]float64, len(order)), make([]float64, len(order))}
	var bias [2]float64
	for k, label := range []byte{'B', 'T'} {
		g := make([]float64, len(order))
		gb := 0.0
		seed := uint64(1)
		perm := make([]int, len(rows))
		for i := range perm {
			perm[i] = i
		}
		mean, meanBias := make([]float64, len(order)), 0.0
		for epoch := range talkEpochs {
			for i := len(perm) - 1; i > 0; i-- {
				seed = seed*6364136223846793005 + 1442695040888963407
				j := int(seed>>33) % (i + 1)
				perm[i], perm[j] = perm[j], perm[i]
			}
			for _, at := range perm {
				r := rows[at]
				z, y := bias[k], 0.0
				for _, id := range r.ids {
					if j, ok := index[id]; ok {
						z += w[k][j] * r.norm
					}
				}
				if r.s.label == label {
					y = 1
				}
				d := sure(z) - y
				gb += d * d
				bias[k] -= 0.1 * d / math.Sqrt(gb+1e-8)
				for _, id := range r.ids {
					j, ok := index[id]
					if !ok {
						continue
					}
					grad := d*r.norm + talkRidge*w[k][j]
					g[j] += grad * grad
					w[k][j] -= 0.1 * grad / math.Sqrt(g[j]+1e-8)
				}
			}
			if epoch >= talkSettles {
				const n = talkEpochs - talkSettles
				for j, x := range w[k] {
					mean[j] += x / n
				}
				meanBias += bias[k] / n
			}
		}
		w[k], bias[k] = mean, meanBias
	}
	out := weights{featureHash("bias"): {"bias", round(bias[0]), round(bias[1])}}
	for j, id := range order {
		p, h := round(w[0][j]), round(w[1][j])
		if math.Abs(float64(p)) < 0.02 && math.Abs(float64(h)) < 0.02 {
			continue
		}
		out[id] = weight{names[id], p, h}
	}
	return out
}

// The sentences are gone through talkEpochs times. The weights are the mean of what they
// are after each time from talkSettles on, so that one sentence more does not tip others.
const (
	talkEpochs  = 20
	talkSettles = 6
)

// talkRidge holds back features that stand in few sentences.
const talkRidge = 0.002

func round(x float64) float32 { return float32(math.Round(x*1000) / 1000) }

// TestTalkHeldOut judges each sentence with weights from the other four fifths.
func TestTalkHeldOut(t *testing.T) {
	samples := readSamples(t)
	type result struct {
		s    sample
		p, h float64
	}
	var all []result
	const folds = 5
	for fold := range folds {
		var train, test []sample
		for _, s := range samples {
			if s.group%folds == fold {
				test = append(test, s)
			} else {
				train = append(train, s)
			}
		}
		k := trainTalk(train)
		for _, s := range test {
			p, h := k.score(s.w, s.to)
			all = append(all, result{s, p, h})
		}
	}
	for _, at := range []float64{.3, .4, .5, .6, .7, .8, .9} {
		n := map[string]int{}
		for _, r := range all {
			n[string(r.s.label)]++
			if r.p >= at {
				n[string(r.s.label)+"p"]++
			}
			if r.h >= at {
				n[string(r.s.label)+"h"]++
			}
		}
		t.Logf("at %.1f: talk found %d of %d, harmless taken for talk %d of %d; harsh found %d of %d, harmless taken for harsh %d", at, n["Bp"], n["B"], n["Hp"], n["H"], n["Th"], n["T"], n["Hh"])
	}
	if os.Getenv("HEARBACK_TALK") != "" {
		sort.Slice(all, func(i, j int) bool { return all[i].p > all[j].p })
		for _, r := range all {
			if r.s.label == 'H' && r.p > .4 || r.s.label == 'B' && r.p < .5 {
				fmt.Printf("%c %.2f %s %s\n", r.s.label, r.p, r.s.to, r.s.text)
			}
		}
	}
	found, of, wrong, harmless := 0, 0, 0, 0
	for _, r := range all {
		if r.s.label == 'B' {
			of++
			if r.p >= talkAsks {
				found++
			}
		}
		if r.s.label == 'H' {
			harmless++
			if r.p >= talkStops {
				wrong++
			}
		}
	}
	if found*100 < of*75 || wrong*100 > harmless*5 {
		t.Errorf("held out: %d of %d found, %d of %d harmless ones stopped", found, of, wrong, harmless)
	}
}

// TestTalkWeights works the weights out again: those built in are from these very
// sentences. With HEARBACK_TALK_WRITE they are written.
func TestTalkWeights(t *testing.T) {
	k := trainTalk(readSamples(t))
	var lines []string
	for _, x := range k {
		lines = append(lines, fmt.Sprintf("%s\t%.3g\t%.3g", x.name, x.private, x.harsh))
	}
	sort.Strings(lines)
	text := strings.Join(lines, "\n") + "\n"
	if os.Getenv("HEARBACK_TALK_WRITE") != "" {
		if err := os.WriteFile("talk/weights.txt", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	built := talkWeights()
	fresh := readWeights(text)
	differ := 0
	for id, x := range fresh {
		if y := built[id]; math.Abs(float64(x.private-y.private)) > 0.05 || math.Abs(float64(x.harsh-y.harsh)) > 0.05 {
			differ++
		}
	}
	if len(fresh) == 0 || differ > 0 {
		t.Errorf("%d of %d weights differ from those built in: HEARBACK_TALK_WRITE=1 go test -run TestTalkWeights", differ, len(fresh))
	}
}
