// Package assets holds the built stylesheet and script of the screens.
//
// They are built by npm from the sources in this folder (make build) and embedded into the program; nothing built is committed.
package assets

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Prefix is the path below which a server answers the files of FS.
const Prefix = "/assets/"

// ErrNotBuilt is returned by Check.
var ErrNotBuilt = errors.New("the web assets are not built; run make build")

// FS is the folder of built files: app.css, app.js, favicon.svg.
func FS() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		// The path is a constant of this file and valid, so this cannot happen; an empty file system is still the safe answer.
		return embed.FS{}
	}
	return sub
}

// Check returns ErrNotBuilt, naming the file, when a file that every page needs is not there.
func Check() error { return check(FS()) }

func check(built fs.FS) error {
	for _, name := range []string{"app.css", "app.js", "favicon.svg"} {
		if _, err := fs.Stat(built, name); err != nil {
			return fmt.Errorf("%w (%s is missing)", ErrNotBuilt, name)
		}
	}
	return nil
}

// URL is the address of a built file with a mark of its content, so that it can be cached for ever and still changes with a new
// release. A file that was not built has no mark.
func URL(name string) string {
	data, err := fs.ReadFile(FS(), name)
	if err != nil {
		return Prefix + name
	}
	sum := sha256.Sum256(data)
	return Prefix + name + "?v=" + hex.EncodeToString(sum[:6])
}
