package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"sort"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Mistake is one thing that is wrong in a configuration file.
type Mistake struct {
	Line int    // 1-based; 0 when the key is missing altogether
	Path string // "mailboxes[0].imap.port"
	What string // what is wrong and what to write instead
}

func (m Mistake) String() string {
	switch {
	case m.Line > 0 && m.Path != "":
		return fmt.Sprintf("line %d: %s: %s", m.Line, m.Path, m.What)
	case m.Line > 0:
		return fmt.Sprintf("line %d: %s", m.Line, m.What)
	default:
		return fmt.Sprintf("%s: %s", m.Path, m.What)
	}
}

// Mistakes is every mistake of a file at once, in the order of its lines.
type Mistakes []Mistake

func (m Mistakes) Error() string {
	lines := make([]string, 0, len(m))
	for _, x := range m {
		lines = append(lines, x.String())
	}
	return strings.Join(lines, "\n")
}

// LoadConfig reads and checks a file. The error is Mistakes when the file could be read.
func LoadConfig(path string) (Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("the configuration cannot be read: %w", err)
	}
	return ParseConfig(data)
}

// ParseConfig reads a configuration: what it does not say is as in Default.
// Unknown keys, wrong types and wrong values are all reported together.
func ParseConfig(data []byte) (Config, error) {
	cfg := Default()
	var found Mistakes

	var root yaml.Node
	if err := yaml.Load(data, &root); err != nil {
		return Config{}, append(found, fromYAML(err)...)
	}
	if err := yaml.Load(data, &cfg, yaml.WithKnownFields()); err != nil {
		found = append(found, fromYAML(err)...)
	}
	lines := map[string]int{}
	indexLines(&root, "", lines)
	for _, m := range cfg.Check() {
		m.Line = lineOf(lines, m.Path)
		found = append(found, m)
	}
	if len(found) == 0 {
		return cfg, nil
	}
	sort.SliceStable(found, func(i, j int) bool { return orderLine(found[i].Line) < orderLine(found[j].Line) })
	return Config{}, found
}

// orderLine puts what has no line at the end.
func orderLine(n int) int {
	if n == 0 {
		return 1 << 30
	}
	return n
}

// "field prot not found in type main.IMAPConfig" names a Go type, which means
// nothing to whoever wrote the file.
var unknownField = regexp.MustCompile(`field (\S+) not found in type \S+`)

func fromYAML(err error) []Mistake {
	var several *yaml.LoadErrors
	if errors.As(err, &several) {
		var out []Mistake
		for _, e := range several.Errors {
			out = append(out, fromLoadError(e))
		}
		return out
	}
	var one *yaml.LoadError
	if errors.As(err, &one) {
		return []Mistake{fromLoadError(one)}
	}
	return []Mistake{{Path: "file", What: err.Error()}}
}

func fromLoadError(e *yaml.LoadError) Mistake {
	what := e.Message
	if m := unknownField.FindStringSubmatch(what); m != nil {
		what = fmt.Sprintf("there is no setting %q here; see config.example.yaml for every setting", m[1])
	}
	return Mistake{Line: int(e.Mark.Line), What: what}
}

// indexLines notes the line of every key, by its path.
func indexLines(n *yaml.Node, path string, lines map[string]int) {
	switch n.Kind {
	case yaml.DocumentNode:
		for _, c := range n.Content {
			indexLines(c, path, lines)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			p := key.Value
			if path != "" {
				p = path + "." + key.Value
			}
			lines[p] = key.Line
			indexLines(n.Content[i+1], p, lines)
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			p := fmt.Sprintf("%s[%d]", path, i)
			lines[p] = c.Line
			indexLines(c, p, lines)
		}
	}
}

// lineOf is the line of a path, or of the nearest thing around it that is in the file.
func lineOf(lines map[string]int, path string) int {
	for p := path; p != ""; {
		if n, ok := lines[p]; ok {
			return n
		}
		cut := strings.LastIndexAny(p, ".[")
		if cut < 0 {
			return 0
		}
		p = p[:cut]
	}
	return 0
}
