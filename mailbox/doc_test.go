package mailbox_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestTheStoryNamesRealFiles: what doc.go names is there, so that a newcomer
// can follow the mail by file name.
func TestTheStoryNamesRealFiles(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`[a-z][a-z/]*/[a-z_]+\.go`).FindAllString(string(doc), -1)
	if len(named) < 12 {
		t.Fatalf("doc.go names only %d files: %v", len(named), named)
	}
	for _, name := range named {
		if _, err := os.Stat(filepath.Join("..", name)); err != nil {
			t.Errorf("doc.go names %s, which is not there", name)
		}
	}
}
