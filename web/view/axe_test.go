package view

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"hearback/web/assets"
)

const axeFile = "../assets/node_modules/axe-core/axe.min.js"

// browser starts headless Chromium, or leaves the test out with the reason. On the build machine a missing browser is a failure.
func browser(t *testing.T) (context.Context, string) {
	t.Helper()
	missing := func(why string) {
		if os.Getenv("CI") == "true" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		missing("chromium is not installed (apt-get install chromium): the pages were not tried in a browser")
	}
	axe, err := os.ReadFile(axeFile)
	if err != nil {
		missing("axe-core is not installed (npm ci in web/assets): the pages were not checked for accessibility")
	}
	if err := assets.Check(); err != nil {
		missing(err.Error())
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-dev-shm-usage", true))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(stop)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(stop)
	return ctx, string(axe)
}

// complaints gathers what a page says on the console, refusals of the policy among them.
type complaints struct {
	mu   sync.Mutex
	said []string
}

func (c *complaints) listen(ctx context.Context) error {
	return chromedp.Listen(ctx, func(ev any) {
		c.mu.Lock()
		defer c.mu.Unlock()
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			c.said = append(c.said, ev.ExceptionDetails.Text)
		case *cdplog.EventEntryAdded:
			// The fixtures' server has no live events and no frames of mail; everything else must be there.
			if string(ev.Entry.Level) == "error" && !strings.Contains(ev.Entry.URL, "/events") && !strings.Contains(ev.Entry.URL, "/presence") && !strings.HasSuffix(ev.Entry.URL, "/html") {
				c.said = append(c.said, ev.Entry.Text+" "+ev.Entry.URL)
			}
		}
	})
}

func (c *complaints) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	said := c.said
	c.said = nil
	return said
}

type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML string `json:"html"`
		Why  string `json:"failureSummary"`
	} `json:"nodes"`
}

// runAxe asks axe for its findings on the loaded page.
func runAxe(ctx context.Context, only string) ([]violation, error) {
	script := fmt.Sprintf(`axe.run(document, {runOnly: %s, resultTypes: ["violations"]}).then(r => JSON.stringify(r.violations))`, only)
	raw, err := chromedp.Run(ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	if err != nil {
		return nil, err
	}
	var v []violation
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		return nil, fmt.Errorf("read the findings of axe: %w", err)
	}
	return v, nil
}

const wcag = `{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}`

// TestAccessibility opens every fixture in Chromium and runs axe on it, in light and in dark; it also checks that nothing is refused by
// the content security policy and that the page fits a window of 320 pixels.
func TestAccessibility(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser run is not short")
	}
	ctx, axe := browser(t)
	srv := httptest.NewServer(fixtureServer(t))
	t.Cleanup(srv.Close)
	var console complaints
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1366, 900)); err != nil {
		t.Fatal(err)
	}
	if err := console.listen(ctx); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(ctx, 8*time.Minute)
	t.Cleanup(stop)
	// A page that breaks the rules has to be noticed, or a silent console would prove nothing.
	if err := chromedp.Do(ctx, chromedp.Navigate(srv.URL+"/violation"), chromedp.Evaluate[chromedp.Void](axe)); err != nil {
		t.Fatal(err)
	}
	if said := console.take(); len(said) == 0 {
		t.Fatal("an inline style was not refused, or nobody noticed")
	}
	if found, err := runAxe(ctx, wcag); err != nil || len(found) < 2 {
		t.Fatalf("axe found %d faults on a page with several: %v", len(found), err)
	}
	for _, f := range newMorning(t).all() {
		t.Run(f.name, func(t *testing.T) {
			if err := chromedp.Do(ctx, chromedp.Navigate(srv.URL+"/"+f.name+"?theme=light"), chromedp.Evaluate[chromedp.Void](axe)); err != nil {
				t.Fatal(err)
			}
			report(t, "light", ctx, wcag)
			// The second theme changes colours alone, so only the rules on colours have something new to see.
			if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`document.documentElement.dataset.theme = "dark"`)); err != nil {
				t.Fatal(err)
			}
			report(t, "dark", ctx, `{type: "rule", values: ["color-contrast", "link-in-text-block"]}`)
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(320, 568)); err != nil {
				t.Fatal(err)
			}
			width, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.dataset.theme = "light"; document.documentElement.scrollWidth`))
			if err != nil {
				t.Fatal(err)
			}
			if width > 320 {
				t.Errorf("needs %d pixels of width, has 320", width)
			}
			report(t, "320 pixels", ctx, wcag)
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(1366, 900)); err != nil {
				t.Fatal(err)
			}
			for _, c := range console.take() {
				t.Errorf("console: %s", c)
			}
		})
	}
}

func report(t *testing.T, where string, ctx context.Context, only string) {
	t.Helper()
	found, err := runAxe(ctx, only)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		for _, n := range v.Nodes {
			t.Errorf("%s: %s (%s)\n%s\n%s", where, v.ID, v.Help, n.HTML, n.Why)
		}
	}
}
