package caseload

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"

	"hearback/tickets/fault"
)

// marks are by row number the columns, from 0, whose cell is a formula's, or is
// merged with others.
type marks struct{ formula, merged map[int][]int }

// mergedMost is how many merged cells are looked at one by one.
const mergedMost = 1_000_000

// merge notes the cells of a range like B4:C6.
func (m marks) merge(ref string) error {
	from, to, ok := strings.Cut(ref, ":")
	if !ok {
		return nil
	}
	c1, r1, err1 := excelize.CellNameToCoordinates(from)
	c2, r2, err2 := excelize.CellNameToCoordinates(to)
	if err := errors.Join(err1, err2); err != nil {
		return fault.Wrap(fault.Invalid, "The sheet's merged cells cannot be read.", err)
	}
	if c2-c1 >= maxColumns || (r2-r1)*(c2-c1+1) > mergedMost {
		return fault.Newf(fault.Invalid, "The cells %s are merged. Split them.", ref)
	}
	for r := r1; r <= r2; r++ {
		for c := c1; c <= c2; c++ {
			m.merged[r] = append(m.merged[r], c-1)
		}
	}
	return nil
}

// formulas finds the cells of a sheet whose value is worked out, and merged ones. What a formula gave when the file was saved may not be what
// it gives now, and it may fetch what it shows from somewhere else.
// (excelize answers this cell by cell, each time from the first row on.)
func formulas(ctx context.Context, file []byte, sheet string) (*marks, error) {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The workbook cannot be opened.", err)
	}
	name, err := sheetFile(z, sheet)
	if err != nil {
		if fault.Is(err, fault.Invalid) {
			return nil, err
		}
		return nil, fault.Wrap(fault.Invalid, "The workbook's list of sheets cannot be read.", err)
	}
	f, err := z.Open(name)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The sheet cannot be found in the workbook.", err)
	}
	defer func() { _ = f.Close() }()
	out := &marks{formula: map[int][]int{}, merged: map[int][]int{}}
	d := xml.NewDecoder(io.LimitReader(f, 1<<30))
	at := ""
	for n := 0; ; n++ {
		if n%10_000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, "The sheet cannot be read.", err)
		}
		start, is := token.(xml.StartElement)
		if !is {
			continue
		}
		switch start.Name.Local {
		case "c":
			at = attribute(start, "r")
		case "f":
			if col, row, err := excelize.CellNameToCoordinates(at); err == nil {
				out.formula[row] = append(out.formula[row], col-1)
			}
		case "mergeCell":
			if err := out.merge(attribute(start, "ref")); err != nil {
				return nil, err
			}
		}
	}
}

func sheetFile(z *zip.Reader, sheet string) (string, error) {
	old := false
	err := elements(z, "xl/workbook.xml", "workbookPr", func(e xml.StartElement) {
		v := attribute(e, "date1904")
		old = v == "1" || v == "true"
	})
	if err != nil {
		return "", err
	}
	if old {
		return "", fault.New(fault.Invalid, "The workbook counts days from 1904, as old Macintosh programs did: its dates would be four years off. Save it as CSV.")
	}
	id := ""
	err = elements(z, "xl/workbook.xml", "sheet", func(e xml.StartElement) {
		if attribute(e, "name") == sheet {
			id = attribute(e, "id")
		}
	})
	if err != nil {
		return "", err
	}
	target := ""
	err = elements(z, "xl/_rels/workbook.xml.rels", "Relationship", func(e xml.StartElement) {
		if attribute(e, "Id") == id {
			target = attribute(e, "Target")
		}
	})
	if err != nil {
		return "", err
	}
	if target == "" {
		return "", errors.New("no file for the sheet")
	}
	if rooted, is := strings.CutPrefix(target, "/"); is {
		return rooted, nil
	}
	return path.Join("xl", target), nil
}

func elements(z *zip.Reader, name, element string, each func(xml.StartElement)) error {
	f, err := z.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	d := xml.NewDecoder(io.LimitReader(f, 16<<20))
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if start, is := token.(xml.StartElement); is && start.Name.Local == element {
			each(start)
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
