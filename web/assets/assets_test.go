package assets

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

func built(t *testing.T) {
	t.Helper()
	if err := Check(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

func TestCheckNamesWhatIsMissing(t *testing.T) {
	if err := check(fstest.MapFS{"app.js": {}, ".keep": {}}); !errors.Is(err, ErrNotBuilt) || !strings.Contains(err.Error(), "app.css") {
		t.Errorf("got %v", err)
	}
	if err := check(fstest.MapFS{"app.css": {}, "app.js": {}, "favicon.svg": {}}); err != nil {
		t.Errorf("got %v", err)
	}
}

// TestNothingOfGovUK looks for what belongs to GOV.UK alone: its typeface, the crown and the royal arms, and for anything that a page
// would load from elsewhere.
func TestNothingOfGovUK(t *testing.T) {
	built(t)
	forbidden := regexp.MustCompile(`(?i)GDS Transport|crown|crest|royal|@font-face|@import|url\(['"]?(https?:)?//`)
	files := 0
	err := fs.WalkDir(FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		if forbidden.MatchString(path) {
			t.Errorf("the file %s should not be shipped", path)
		}
		data, err := fs.ReadFile(FS(), path)
		if err != nil {
			return err
		}
		if at := forbidden.FindIndex(data); at != nil {
			t.Errorf("%s holds %q", path, data[max(0, at[0]-40):min(len(data), at[1]+40)])
		}
		if strings.HasSuffix(path, ".css") && len(data) < 20_000 {
			t.Errorf("%s has only %d bytes", path, len(data))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 4 {
		t.Errorf("looked at %d files", files)
	}
}

// TestScriptNeedsNoEval holds that nothing of ours turns text into code at start: htmx is told not to by its settings, and the morphing
// extension that does is not in the bundle.
func TestScriptNeedsNoEval(t *testing.T) {
	built(t)
	data, err := fs.ReadFile(FS(), "app.js")
	if err != nil {
		t.Fatal(err)
	}
	if regexp.MustCompile(`Function\("return \("\+\w+\.slice\(6\)`).Match(data) {
		t.Error("the bundle holds idiomorph's own extension, which evaluates text")
	}
	for _, store := range []string{"localStorage.setItem", "indexedDB"} {
		if strings.Contains(string(data), store) {
			t.Errorf("the bundle uses %s: nothing of a case may be kept in the browser", store)
		}
	}
}

// TestContrast reads the colours of both themes and computes the contrast of every pair that is used: text 4.5 to 1, small text 7 to 1,
// edges and marks 3 to 1 (WCAG 2.2, 1.4.3, 1.4.6 and 1.4.11).
func TestContrast(t *testing.T) {
	src, err := os.ReadFile("src/styles/_tokens.scss")
	if err != nil {
		t.Fatal(err)
	}
	pairs := map[float64][]string{
		7: {"ink on bg", "ink on canvas", "ink on sunk", "ink on in", "ink on out", "ink on note", "ink on call", "ink on late-bg", "ink on soon-bg", "ink on ok-bg", "ink on info-bg", "ink-2 on bg", "ink-2 on canvas", "brand-ink on brand", "brand-ink on brand-hover", "head-ink on head", "mark-ink on mark"},
		4.5: {
			"link on bg", "link on canvas", "link on sunk", "link on in", "link on out", "link on note", "link on call", "visited on bg", "sys on canvas", "late on bg", "late on canvas", "late on sunk", "late on late-bg", "late on in", "soon on bg", "soon on canvas", "soon on sunk", "soon on soon-bg", "soon on out", "ok on bg", "ok on canvas", "ok on ok-bg", "info on info-bg",
			"in-edge on in", "out-edge on out", "note-edge on note", "call-edge on call", "out-edge on bg", "late-ink on late", "note on note-edge", "ink on age1", "ink on age2",
		},
		3: {"ctl on bg", "ctl on canvas", "ctl on sunk", "in-edge on canvas", "out-edge on canvas", "note-edge on canvas", "call-edge on canvas", "focus-out on bg", "focus-out on canvas", "focus-in on focus-out", "brand on bg", "s1 on bg", "s2 on bg", "s3 on bg", "s4 on bg"},
	}
	for _, theme := range []string{"light", "dark"} {
		_, body, ok := strings.Cut(string(src), "@mixin "+theme+" {")
		if !ok {
			t.Fatalf("no theme %s", theme)
		}
		body, _, _ = strings.Cut(body, "\n}")
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(body, -1) {
			colours[m[1]] = m[2]
		}
		for want, list := range pairs {
			for _, pair := range list {
				fore, ground, _ := strings.Cut(pair, " on ")
				got, err := contrast(colours[fore], colours[ground])
				if err != nil {
					t.Errorf("%s: %s: %v", theme, pair, err)
				} else if got < want {
					t.Errorf("%s: %s is %.2f to 1, needs %.1f", theme, pair, got, want)
				}
			}
		}
	}
}

func contrast(a, b string) (float64, error) {
	la, err := luminance(a)
	if err != nil {
		return 0, err
	}
	lb, err := luminance(b)
	if err != nil {
		return 0, err
	}
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05), nil
}

func luminance(hex string) (float64, error) {
	if len(hex) != 7 {
		return 0, fmt.Errorf("no colour %q", hex)
	}
	n, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil {
		return 0, fmt.Errorf("colour %q: %w", hex, err)
	}
	linear := func(c uint64) float64 {
		v := float64(c&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n), nil
}
