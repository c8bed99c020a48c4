package throwaway

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// programs lists, for each name that a test may ask for, the programs that will
// do, best first. Debian calls the browser chromium, Ubuntu chromium-browser.
func programs(name string) []string {
	switch name {
	case "postgres":
		return []string{"initdb"}
	case "chromium":
		return []string{"chromium", "chromium-headless-shell", "chromium-browser", "google-chrome-stable", "google-chrome"}
	default:
		return []string{name}
	}
}

// Find gives the full path of a test server's program. The names are those of
// make deps: dovecot, postfix, postgres (its initdb; the other programs lie
// beside it) and chromium; any other name is looked up as it stands.
//
// An ordinary user's PATH lacks the sbin directories where Debian keeps mail
// servers, and PostgreSQL's own programs are on nobody's PATH, so both are searched too.
func Find(name string) (string, error) {
	for _, program := range programs(name) {
		if path, err := exec.LookPath(program); err == nil {
			return filepath.Abs(path)
		}
		dirs := []string{"/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/local/bin", "/usr/bin"}
		for _, dir := range append(dirs, postgresDirs()...) {
			path := filepath.Join(dir, program)
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("%s is not installed: run \"make deps\" as root", name)
}

// postgresDirs gives /usr/lib/postgresql/*/bin, the newest version first.
func postgresDirs() []string {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return nil // only a malformed pattern fails, and ours is constant
	}
	version := func(dir string) int {
		n, err := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
		if err != nil {
			return 0 // not a version directory: tried last
		}
		return n
	}
	slices.SortFunc(dirs, func(a, b string) int { return version(b) - version(a) })
	return dirs
}
