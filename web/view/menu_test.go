package view

import (
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
)

// The menu of the administration is folded on a telephone, where the page would begin
// below it, and opens by the keyboard; where there is room it stands open.
func TestAdministrationMenu(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser run is not short")
	}
	ctx, _ := browser(t)
	srv := httptest.NewServer(fixtureServer(t))
	t.Cleanup(srv.Close)
	seen := func(selector string) bool {
		t.Helper()
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.querySelector("`+selector+`").checkVisibility({contentVisibilityAuto: true})`))
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	const link, fold = ".hb-admin__menu a", ".hb-admin__menu > summary"
	for _, tc := range []struct {
		width      int64
		link, fold bool
	}{{1366, true, false}, {320, false, true}} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(tc.width, 568), chromedp.Navigate(srv.URL+"/admin-home")); err != nil {
			t.Fatal(err)
		}
		if l, f := seen(link), seen(fold); l != tc.link || f != tc.fold {
			t.Errorf("%d pixels: a link is seen %v, the fold %v", tc.width, l, f)
		}
	}
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`document.querySelector("`+fold+`").focus()`), chromedp.KeyEvent("\r")); err != nil {
		t.Fatal(err)
	}
	if !seen(link) {
		t.Error("the keyboard does not open the menu")
	}
}
