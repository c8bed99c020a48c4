package extract

import (
	"encoding/binary"
	"errors"
	"unicode/utf16"
)

// cfb is a compound file ([MS-CFB]): the container of Word, Excel and Outlook files
// before 2007, and of encrypted ones since. It is read here and not by a library,
// because that one copies the path of every entry, and a file of ten megabytes can
// nest its entries so that the copies fill all memory.
type cfb struct {
	w       *work
	b       []byte
	sector  int
	fat     []uint32
	mini    []byte
	miniFAT []uint32
	entries []cfbEntry
	kids    [][]int // by storage, in the order of the file
}

type cfbEntry struct {
	name               string
	kind               byte // 1 storage, 2 stream, 5 root
	left, right, child uint32
	start              uint32
	size               int64
	parent             int // index of the storage it stands in, -1 for the root
}

var errCFB = errors.New("damaged compound file")

func openCFB(w *work, b []byte) (*cfb, error) {
	if len(b) < 512 {
		return nil, errCFB
	}
	shift := binary.LittleEndian.Uint16(b[30:])
	if shift != 9 && shift != 12 {
		return nil, errCFB
	}
	c := &cfb{w: w, b: b, sector: 1 << shift}
	if err := c.readFAT(); err != nil {
		return nil, err
	}
	dir := c.chain(binary.LittleEndian.Uint32(b[48:]), int64(len(b)), c.fat, c.sectorAt)
	for i := 0; i+128 <= len(dir) && len(c.entries) < 100_000; i += 128 {
		w.tick()
		c.entries = append(c.entries, readCFBEntry(dir[i:i+128], shift == 9))
	}
	if len(c.entries) == 0 {
		return nil, errCFB
	}
	root := c.entries[0]
	c.mini = c.chain(root.start, root.size, c.fat, c.sectorAt)
	raw := c.chain(binary.LittleEndian.Uint32(b[60:]), int64(binary.LittleEndian.Uint32(b[64:]))*int64(c.sector), c.fat, c.sectorAt)
	c.miniFAT = words32(raw)
	c.parents()
	return c, nil
}

func (c *cfb) readFAT() error {
	max := len(c.b)/c.sector + 1
	var list []uint32
	for i := range 109 {
		list = append(list, binary.LittleEndian.Uint32(c.b[76+4*i:]))
	}
	next := binary.LittleEndian.Uint32(c.b[68:])
	for n := 0; next < 0xfffffffa && n < max; n++ {
		s := c.sectorAt(next)
		if s == nil {
			break
		}
		more := words32(s)
		list = append(list, more[:len(more)-1]...)
		next = more[len(more)-1]
	}
	for _, n := range list {
		if n >= 0xfffffffa {
			continue
		}
		c.w.tick()
		s := c.sectorAt(n)
		if s == nil || len(c.fat) > max+c.sector {
			continue
		}
		c.fat = append(c.fat, words32(s)...)
	}
	if len(c.fat) == 0 {
		return errCFB
	}
	return nil
}

func words32(b []byte) []uint32 {
	out := make([]uint32, len(b)/4)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return out
}

func (c *cfb) sectorAt(n uint32) []byte {
	at := (int64(n) + 1) * int64(c.sector)
	if at >= int64(len(c.b)) {
		return nil
	}
	end := at + int64(c.sector)
	if end > int64(len(c.b)) { // a last sector may be cut short
		s := make([]byte, c.sector)
		copy(s, c.b[at:])
		return s
	}
	return c.b[at:end]
}

func (c *cfb) miniAt(n uint32) []byte {
	at := int64(n) * 64
	if at+64 > int64(len(c.mini)) {
		return nil
	}
	return c.mini[at : at+64]
}

// chain gathers sectors; it ends after as many as the file can have, whatever they say.
func (c *cfb) chain(start uint32, size int64, fat []uint32, at func(uint32) []byte) []byte {
	var out []byte
	for n, seen := start, 0; n < 0xfffffffa && int64(len(out)) < size && seen <= len(fat); seen++ {
		c.w.tick()
		s := at(n)
		if s == nil || len(out) > len(c.b) {
			break
		}
		out = append(out, s...)
		if int64(n) >= int64(len(fat)) {
			break
		}
		n = fat[n]
	}
	if int64(len(out)) > size {
		out = out[:max(size, 0)]
	}
	return out
}

func readCFBEntry(b []byte, v3 bool) cfbEntry {
	n := int(binary.LittleEndian.Uint16(b[64:]))/2 - 1
	u := make([]uint16, 0, 32)
	for i := 0; i < n && i < 31; i++ {
		u = append(u, binary.LittleEndian.Uint16(b[2*i:]))
	}
	e := cfbEntry{
		name: string(utf16.Decode(u)), kind: b[66], parent: -1,
		left: binary.LittleEndian.Uint32(b[68:]), right: binary.LittleEndian.Uint32(b[72:]), child: binary.LittleEndian.Uint32(b[76:]),
		start: binary.LittleEndian.Uint32(b[116:]), size: int64(binary.LittleEndian.Uint64(b[120:])),
	}
	if v3 {
		e.size &= 0xffffffff // the upper half may hold anything
	}
	return e
}

// parents walks the trees of siblings without recursion; every entry once.
func (c *cfb) parents() {
	type todo struct {
		n      uint32
		parent int
	}
	seen := make([]bool, len(c.entries))
	work := []todo{{c.entries[0].child, 0}}
	seen[0] = true
	for len(work) > 0 {
		c.w.tick()
		t := work[len(work)-1]
		work = work[:len(work)-1]
		if int64(t.n) >= int64(len(c.entries)) || seen[t.n] {
			continue
		}
		seen[t.n] = true
		e := &c.entries[t.n]
		e.parent = t.parent
		work = append(work, todo{e.left, t.parent}, todo{e.right, t.parent})
		if e.kind == 1 {
			work = append(work, todo{e.child, int(t.n)})
		}
	}
	c.kids = make([][]int, len(c.entries))
	for i, e := range c.entries {
		if e.parent >= 0 {
			c.kids[e.parent] = append(c.kids[e.parent], i)
		}
	}
}

// stream reads entry i, at most as large as the file.
func (c *cfb) stream(i int) []byte {
	e := c.entries[i]
	var out []byte
	if e.size < 4096 {
		out = c.chain(e.start, e.size, c.miniFAT, c.miniAt)
	} else {
		out = c.chain(e.start, e.size, c.fat, c.sectorAt)
	}
	c.w.expanded += int64(len(out))
	if c.w.expanded > c.w.l.MaxExpanded {
		return nil
	}
	return out
}

// find is the index of the entry of that name in the storage, -1 without it.
func (c *cfb) find(parent int, name string) int {
	for _, i := range c.kids[parent] {
		if c.entries[i].name == name {
			return i
		}
	}
	return -1
}
